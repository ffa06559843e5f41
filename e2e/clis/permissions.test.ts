import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { SettledTurn } from '@ws/pool'
import { modelScript } from '@ws/testing'
import { expect, it } from 'vitest'
import { judge } from './facts.ts'
import { MODES } from './usual.ts'
import { describeRealTools, failed, withRealTool } from './with-real-tool.ts'

const WRITTEN = { say: 'I did what I could.' }
const INSIDE = modelScript([{ write: 'hello.txt', content: 'hello\n' }, WRITTEN])
const OUTSIDE = modelScript([{ write: '../outside.txt', content: 'hello\n' }, WRITTEN])

describeRealTools('permissions', (tool) => {
  it.skipIf(!tool.asks)('what is denied is not written, and the turn is refused', () =>
    withRealTool(tool, async ({ launch, changes }) => {
      const cluster = await launch({ permission: 'ask' })
      const asked: unknown[] = []
      const settled = await cluster.promptSettled(`Say hello. ${INSIDE}`, {
        decide: (ask) => {
          asked.push(ask)
          return { isAllowed: false, because: 'not claimed' }
        },
      })
      expect(changes()).toBe('')
      expect(asked).toMatchObject([{ kind: 'write' }])
      expect(JSON.stringify(asked)).toContain('hello.txt')
      expect(settled.turn?.denied).toMatchObject([{ kind: 'write' }])
      judge(tool, 'pooled', 'an edit that is asked for and denied', outcomeOf(settled))
    }),
  )

  it.skipIf(!tool.asks)('what is allowed is written', () =>
    withRealTool(tool, async ({ launch, changes }) => {
      const cluster = await launch({ permission: 'ask' })
      const turn = await cluster.prompt(`Say hello. ${INSIDE}`, { decide: () => ({ isAllowed: true }) })
      expect(changes()).toMatch(/hello\.txt$/)
      expect(turn.denied).toEqual([])
      judge(tool, 'pooled', 'an edit that is asked for and allowed', 'written')
    }),
  )

  it.skipIf(!tool.asks)('a process for one turn cannot ask, and is not started', () =>
    withRealTool(tool, async ({ launch, model }) => {
      const cluster = await launch({ permission: 'ask', execution: 'one-shot' })
      const { failure } = failed(await cluster.promptSettled(`Say hello. ${INSIDE}`))
      expect(failure).toMatchObject({ reason: 'infrastructure' })
      expect(JSON.stringify(failure)).toContain('cannot ask before it writes')
      expect(model.requests).toEqual([])
      judge(tool, 'one-shot', 'an edit that is asked for and denied', 'nobody to ask')
      judge(tool, 'one-shot', 'an edit that is asked for and allowed', 'nobody to ask')
    }),
  )

  it.each(MODES)('%s: what becomes of an edit outside of the worktree', (execution) =>
    withRealTool(tool, async ({ launch, cwd, changes }) => {
      const cluster = await launch({ execution })
      const settled = await cluster.promptSettled(`Say hello. ${OUTSIDE}`)
      expect(changes()).toBe('')
      const isWritten = existsSync(join(cwd, '../outside.txt'))
      judge(tool, execution, 'an edit outside of the worktree', isWritten ? 'written' : outcomeOf(settled))
    }),
  )

  it.each(MODES)('%s: who may only read writes nothing', (execution) =>
    withRealTool(tool, async ({ launch, changes }) => {
      const cluster = await launch({ permission: 'read', execution })
      await cluster.promptSettled(`Say hello. ${INSIDE}`)
      judge(tool, execution, 'an edit by who may only read', changes() === '' ? 'not written' : 'written')
    }),
  )
})

function outcomeOf(settled: SettledTurn): string {
  return settled.isDone ? 'not written, not told' : settled.failure.reason
}
