import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { compilePlan, parsePlan } from '../../../src/plan/parse-plan.ts'
import { planToYaml } from '../../../src/plan/plan-to-yaml.ts'
import { planOf, readSample, samples } from '../sample-plans.ts'

test.each(samples)('%s compiles to the plan that is kept beside it', async (name) => {
  const yaml = await planToYaml(await planOf(readSample(name), { file: name }))
  await expect(yaml).toMatchFileSnapshot(
    fileURLToPath(new URL(`../samples/compiled/${name}.yaml`, import.meta.url)),
  )
})

test.each(samples)('%s is recognised by its shape, whatever it is called', async (name) => {
  const formats = {
    'dag-plan': 'dag-plan',
    multi_stream: 'streams',
    streams: 'streams',
    'phase-plan': 'phase-plan',
  }
  const expected = Object.entries(formats).find(([start]) => name.startsWith(start))?.[1]
  const result = await compilePlan(readSample(name))
  expect(result.ok && result.format).toBe(expected)
})

test('a canonical plan is taken as it is', async () => {
  const result = await compilePlan({
    workstreams: [{ id: 'a', claims: [], tasks: [{ id: 't', run: 'true' }] }],
  })
  expect(result.ok && result.format).toBe('plan')
})

test('what is wrong with a foreign plan is named where its writer wrote it', async () => {
  const text = `{
    "streams": 3, "nodes": [
      { "id": "n1", "tool": "aidr", "goal": "x", "path_claims": ["/src"] },
      { "id": "n1", "goal": 7, "deps": "n1" },
      { "id": "n3" },
      "n4"
    ] }`
  const result = await parsePlan(text)
  expect(result.ok ? [] : result.problems.map(({ path, line, message }) => `${line} ${path}: ${message}`))
    .toMatchInlineSnapshot(`
    [
      "3 nodes[0].tool: there is no tool "aidr"",
      "3 nodes[0].path_claims[0]: "/src" begins with "/" (at 0)",
      "4 nodes[1].id: there are two workstreams "n1"",
      "4 nodes[1].goal: expected a text, found 7",
      "4 nodes[1].deps: expected a list, found "n1"",
      "5 nodes[2]: task "n3" says nothing to do",
      "6 nodes[3]: expected a map of settings, found "n4"",
    ]
  `)
})
