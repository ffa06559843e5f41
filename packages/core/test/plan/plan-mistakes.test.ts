import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { parsePlan } from '../../src/plan/parse-plan.ts'
import { formatProblems } from '../../src/plan/problem/format-problems.ts'

const page = new URL('../../../../docs/plan-mistakes.md', import.meta.url)

/** A plan of the page, and the block below it that shows what is printed. */
const entry = /```(yaml|json)\n([^]*?)```\n\n```text\n([^]*?)```/g

async function printed(language: string, text: string): Promise<string> {
  const result = await parsePlan(text, { file: `plan.${language}` })
  const problems = result.ok ? [] : result.problems
  return formatProblems([...problems, ...result.warnings], { text })
}

test('the gallery of mistakes shows what is really printed for each', async () => {
  const before = readFileSync(page, 'utf8')
  let after = ''
  let end = 0
  for (const match of before.matchAll(entry)) {
    const [all, language = '', text = ''] = match
    after += `${before.slice(end, match.index)}\`\`\`${language}\n${text}\`\`\`\n\n\`\`\`text\n${await printed(language, text)}\n\`\`\``
    end = match.index + all.length
  }
  // `vitest -u` writes the page anew.
  await expect(after + before.slice(end)).toMatchFileSnapshot(fileURLToPath(page))
})

test('the gallery has twenty plans, and something to say about each of them', async () => {
  const entries = [...readFileSync(page, 'utf8').matchAll(entry)]
  expect(entries).toHaveLength(20)
  for (const [, language = '', text = ''] of entries) expect(await printed(language, text)).not.toBe('')
})
