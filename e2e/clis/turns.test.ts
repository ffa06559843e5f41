import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Turn } from '@ws/pool'
import { modelScript } from '@ws/testing'
import { expect, it } from 'vitest'
import { judge } from './facts.ts'
import { priceOf, type RealTool } from './real-tools.ts'
import { MODES } from './usual.ts'
import { describeRealTools, isIn, withRealTool } from './with-real-tool.ts'

const CALL = { in: 1000, out: 20 }
const WRITE = { write: 'hello.txt', content: 'hello\n', usage: CALL }

describeRealTools('turns', (tool) => {
  it.each(MODES)('%s: an edit lands in the worktree, and its cost is told', (execution) =>
    withRealTool(tool, async ({ launch, cwd, repository, changes }) => {
      const cluster = await launch({ execution })
      const turn = await cluster.prompt(
        `Say hello. ${modelScript([WRITE, { say: 'Written.', usage: CALL }])}`,
      )
      expect(readFileSync(join(cwd, 'hello.txt'), 'utf8')).toBe('hello\n')
      expect(changes()).toMatch(/hello\.txt$/)
      expect(repository.git('status', '--porcelain')).toBe('')
      expect(turn.text).toContain('Written.')
      judge(tool, execution, 'an edit lands in the worktree', 'yes')
      judge(tool, execution, 'tokens that are told', toldTokens(turn, tool))
      judge(tool, execution, 'USD that are told', toldCost(turn, tool))
    }),
  )

  it('takes prompts of many lines that begin like a command and hold what shells and JSON would choke on', () =>
    withRealTool(tool, async ({ launch, model }) => {
      const cluster = await launch()
      const text = `Look:\n/exit "quoted" $(no) \`none\` {brace}\n\n${'word '.repeat(2000)}\n`
      const turn = await cluster.prompt(`${text}${modelScript([{ say: 'Read.' }])}`)
      expect(turn.text).toContain('Read.')
      const asked = model.requests.findLast(({ kind }) => kind === 'scripted')
      expect(isIn('/exit "quoted" $(no) `none` {brace}', asked?.body)).toBe(true)
    }))

  it.each(MODES)('%s: three instances work at once, each in its own worktree', (execution) =>
    withRealTool(tool, async ({ launch, addWorktree }) => {
      const cluster = await launch({ count: 3, execution })
      const folders = ['one', 'two', 'three'].map((name) => addWorktree(name))
      const turns = folders.map((cwd, at) => {
        const script = modelScript([{ write: 'own.txt', content: `${at}\n` }, { say: 'Written.' }])
        return cluster.prompt(`Write. ${script}`, { cwd })
      })
      const instances = (await Promise.all(turns)).map(({ instance }) => instance)
      expect(folders.map((cwd) => readFileSync(join(cwd, 'own.txt'), 'utf8'))).toEqual(['0\n', '1\n', '2\n'])
      const isSpread = new Set(instances).size === 3
      judge(tool, execution, 'three at once, three worktrees', isSpread ? 'yes' : 'not at once')
    }),
  )
})

/** How much of what the model counted is told, in words where it is something that is expected. */
function toldTokens({ usage: { inputTokens, outputTokens } }: Turn, { callsForEdit }: RealTool): string {
  const told = `${inputTokens} + ${outputTokens}`
  if (told === `${callsForEdit * CALL.in} + ${callsForEdit * CALL.out}`) return 'all'
  if (told === `${CALL.in} + ${CALL.out}`) return 'the last call'
  return told === '0 + 0' ? 'none' : told
}

function toldCost({ costUsd }: Turn, { callsForEdit }: RealTool): string {
  if (costUsd === undefined) return 'none'
  const isExact = Math.abs(costUsd - priceOf(CALL, callsForEdit)) < 1e-6
  return isExact ? 'exact' : String(costUsd)
}
