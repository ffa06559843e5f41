import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { parsePlan } from '../../src/plan/parse-plan.ts'
import { sharedSettings } from '../../src/plan/plan.ts'
import { planJsonSchema } from '../../src/plan/json-schema.ts'

const page = readFileSync(new URL('../../../../docs/plans.md', import.meta.url), 'utf8')
const blocks = [...page.matchAll(/```(yaml|json)\n([^]*?)```/g)].map(([, language = '', text = '']) => ({
  language,
  text,
}))

test.each(blocks)('example %# is a plan about which nothing is to be said', async ({ language, text }) => {
  const result = await parsePlan(text, { file: `plan.${language}` })
  const said = [...(result.ok ? [] : result.problems), ...result.warnings]
  expect(said.map(({ message }) => message)).toEqual([])
})

test('every setting of a plan, a workstream and a task is on the page', () => {
  const plan = Object(planJsonSchema()['properties'])
  const workstream = plan.workstreams.items.properties
  const names = [
    ...Object.keys(sharedSettings),
    ...[plan, workstream, workstream.tasks.items.properties].flatMap(Object.keys),
  ]
  const missing = names.filter((name) => !new RegExp(`\`${name}\\b|\\b${name}:`).test(page))
  expect(missing).toEqual([])
})
