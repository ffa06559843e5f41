import { describe, expect, it } from 'vitest'
import {
  explainConflict,
  explainEntryProblem,
  explainEntryWaiting,
  explainFreeze,
} from '../../src/queue/explain-entry.ts'
import type { EntryWaiting } from '../../src/queue/entry-waiting.ts'
import { driveQueue } from './drive-queue.ts'

describe('what an entry waits for', () => {
  it('is told from what goes on', async () => {
    const queue = await driveQueue({ policy: 'batch-bisect', slots: 1 })
    await queue.addAll('z a b c')
    expect(queue.waits('z')).toBe('check "unit" is running on it')
    expect(queue.waits('a')).toBe('one entry is before it')
    expect(queue.waits('c')).toBe('3 entries are before it')
    await queue.pass('z')
    expect(queue.waits('a')).toBe('check "unit" is running on it together with 2 before or behind it')
    await queue.fail('a b c')
    expect(queue.waits('b')).toContain('one of "a", "b" and "c" fails; which one is being looked for')
  })

  it('is a candidate, a slot or a landing', async () => {
    const built = await driveQueue({ builds: false })
    await built.add('a')
    expect(built.waits('a')).toBe('its candidate is being built')
    const queue = await driveQueue({ slots: 1, lands: false })
    await queue.add('a')
    await queue.add('x', { target: 'next' })
    expect(queue.waits('x')).toBe('the one slot for checks is taken')
    await queue.pass('a')
    expect(queue.waits('a')).toBe('a landing is under way: "a"')
  })

  const others: readonly EntryWaiting[] = [
    { for: 'slot', slots: 3 },
    { for: 'landing', entryIds: [] },
    { for: 'trouble', what: 'land', detail: 'no network', retryAt: 61_000 },
    { for: 'conflict', entryId: 'a', paths: [] },
  ]
  it('has a clause for everything', () => {
    expect(others.map((waiting) => explainEntryWaiting(waiting))).toMatchInlineSnapshot(`
      [
        "all 3 slots for checks are taken",
        "it is about to land",
        "landing did not work (no network); it is tried again",
        "it conflicts with entry "a" before it, and waits for what becomes of that",
      ]
    `)
  })
})

describe('why an entry left the queue', () => {
  it('is one sentence', () => {
    const checks = [{ name: 'unit', detail: 'exit code 1' }]
    const conflicts = [{ path: 'a.ts', reason: 'content', hunks: [] }]
    expect([
      explainEntryProblem({ reason: 'check-failed', checks }),
      explainEntryProblem({
        reason: 'check-failed',
        checks: [...checks, { name: 'lint', detail: 'x' }],
        together: ['a', 'b'],
      }),
      explainEntryProblem({ reason: 'conflicted', conflicts, with: 'b' }),
      explainEntryProblem({ reason: 'impossible', detail: 'main is not an ancestor' }),
      explainEntryProblem({ reason: 'infrastructure', detail: 'no git' }),
    ]).toMatchInlineSnapshot(`
      [
        "check "unit" (exit code 1) failed",
        "checks "unit" (exit code 1) and "lint" (x) failed, though only for "a" and "b" together: each passes alone",
        "it cannot be merged in a.ts, where entry "b" has changed the same",
        "it cannot land: main is not an ancestor",
        "it could not be looked at: no git",
      ]
    `)
  })
})

describe('why nothing lands on a target', () => {
  it('says what would change that', () => {
    expect(
      (
        [
          { reason: 'asked', detail: 'release day' },
          { reason: 'infrastructure', detail: 'land: no network' },
          { reason: 'refused', detail: 'protected' },
          { reason: 'rewound', landed: 'a', head: 'b' },
          { reason: 'deleted', landed: 'a' },
          { reason: 'person-failed', entryId: 'p' },
        ] as const
      ).map(explainFreeze),
    ).toMatchInlineSnapshot(`
      [
        "frozen: release day",
        "what checks and landings need does not work: land: no network; thaw it when it does",
        "the remote refused it: protected; thaw it when it would not",
        "the branch no longer holds what was landed on it; put it back, or thaw it and adopt the branch as it stands",
        "the branch is gone; make it again and thaw it",
        "what was committed on it directly does not pass; mend it there with another commit",
      ]
    `)
  })
})

describe('a conflict', () => {
  it('is named by file and lines', () => {
    const hunk = (line: number) => ({ line, ours: 'x', theirs: 'y' })
    expect(explainConflict({ path: 'a.ts', reason: 'content', hunks: [hunk(3)] })).toBe(
      'a.ts (content) at line 3',
    )
    expect(explainConflict({ path: 'a.ts', reason: 'content', hunks: [1, 2, 3, 4, 5, 6, 7].map(hunk) })).toBe(
      'a.ts (content) at lines 1, 2, 3, 4, 5 and 2 more',
    )
    expect(explainConflict({ path: 'a.ts', reason: 'deleted', hunks: [] })).toBe('a.ts (deleted)')
  })
})
