import type { TurnEnd } from '@ws/tools'
import { expect, test } from 'vitest'
import { cleanEvent, toTurn } from '../../src/instance/turn.ts'
import { textCleaner } from '../../src/process/clean-text.ts'
import { describeDeath, type ProcessDeath } from '../../src/process/death.ts'

const clean = textCleaner(['my-own-password'])
const usage = { inputTokens: 1, outputTokens: 2, cachedTokens: 0, basis: 'reported' } as const

test('what is shown of a turn is clean, and what is not text is passed on', () => {
  const dirty = 'my-own-password\u0007'
  expect(cleanEvent({ type: 'text', text: dirty }, clean)).toEqual({ type: 'text', text: '[secret]' })
  expect(cleanEvent({ type: 'noise', text: dirty }, clean)).toEqual({ type: 'noise', text: '[secret]' })
  expect(cleanEvent({ type: 'retrying', attempt: 1, detail: dirty }, clean)).toMatchObject({
    detail: '[secret]',
  })
  const tool = { type: 'tool', name: 'edit', status: 'done' } as const
  expect(cleanEvent(tool, clean)).toBe(tool)
  expect(cleanEvent({ ...tool, detail: dirty }, clean)).toMatchObject({ detail: '[secret]' })
  const spent = { type: 'usage', usage } as const
  expect(cleanEvent(spent, clean)).toBe(spent)
})

test('a turn has what its tool said, and nothing that it did not say', () => {
  const end: TurnEnd = { outcome: 'completed', text: 'ok', usage, denied: [] }
  const facts = { durationMs: 5, instance: 2, clean }
  expect(toTurn(end, facts)).toEqual({
    text: 'ok',
    tokens: 3,
    costUsd: undefined,
    durationMs: 5,
    instance: 2,
    raw: undefined,
    usage,
    denied: [],
  })
  const sessionUsage = { inputTokens: 1, outputTokens: 2, cachedTokens: 0, costUsd: 1 }
  const more = { files: ['a'], sessionId: 's', sessionUsage, isWeak: true, raw: { x: 1 } }
  expect(toTurn({ ...end, ...more }, facts)).toMatchObject(more)
})

test('a death has a sentence for every cause', () => {
  const death: ProcessDeath = {
    because: { cause: 'exited' },
    exitCode: null,
    signal: 'SIGKILL',
    errorTail: '',
    survivors: [],
  }
  const causes: readonly ProcessDeath['because'][] = [
    { cause: 'exited' },
    { cause: 'closed' },
    { cause: 'recycled', because: 'turns' },
    { cause: 'restarted' },
    { cause: 'not-ready', failure: { reason: 'lost' } },
    { cause: 'aborted' },
    { cause: 'timed-out', limit: 'idle', afterMs: 5 },
  ]
  expect(causes.map((because) => describeDeath({ ...death, because }))).toMatchInlineSnapshot(`
    [
      "exited unexpectedly by SIGKILL",
      "was closed",
      "was recycled because of its turns",
      "was restarted on request",
      "never took a prompt (lost)",
      "did not stop its turn when asked to, and was ended",
      "was ended after 5 ms (idle limit)",
    ]
  `)
})
