import { describe, expect, it } from 'vitest'
import { type KillCase, runAll, type TransactionCut, withKillCases } from './kill-case.ts'

const two: Omit<KillCase, 'isCheckedOut' | 'cut'> = {
  branches: [
    { name: 'one', method: 'merge' },
    { name: 'two', method: 'merge' },
  ],
  hasRemote: false,
  isDisturbed: false,
  kills: [Infinity],
  moment: 'before',
}

/** A landing moves two references: the line, and the branch or the note of where that was left. */
const cuts: readonly Omit<TransactionCut, 'isForgotten'>[] = [
  { moved: 0, leavesLocks: true },
  { moved: 1, leavesLocks: true },
  { moved: 1, leavesLocks: false },
  { moved: 2, leavesLocks: false },
]

// Only Linux tells whose a lock file is; elsewhere one that is left waits for a person.
const mended = cuts.filter(({ leavesLocks }) => process.platform === 'linux' || !leavesLocks)

/** Every cut, where somebody has the branch checked out and where nobody has: what did not go on. */
function runCuts(isForgotten: boolean): Promise<readonly string[]> {
  return withKillCases((run) => {
    const cases = [true, false].flatMap((isCheckedOut) =>
      mended.map((cut) => ({
        name: JSON.stringify({ isCheckedOut, ...cut }),
        run: async () => {
          const { killed } = await run({ ...two, isCheckedOut, cut: { ...cut, isForgotten } })
          if (killed !== 1) throw new Error('it was not killed')
        },
      })),
    )
    return runAll(cases)
  })
}

describe('a queue that is killed with the git that moves its references', () => {
  it('after any of them goes on', { timeout: 900_000 }, async () => {
    expect(await runCuts(false)).toEqual([])
  })

  it('goes on where its log is lost, too', { timeout: 900_000 }, async () => {
    expect(await runCuts(true)).toEqual([])
  })
})
