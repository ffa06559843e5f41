// Whatever a slot held is afterwards reachable from a reference, or still where it was; or the removal refused.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { withOpened, work } from '../opened.ts'
import { isKept, removals, states } from './kept.ts'
import { type Kill, killAt, operations } from './kill-at.ts'

const chosenBeforeKill = ['dirty', 'untracked', 'staged only', 'unpushed', 'with .GIT']

/** What was gone before anything was removed. */
function excused(chosen: readonly string[]): string[] {
  return [
    // With its registration deleted, what was only staged or committed there is no worktree's any more.
    ...(chosen.includes('without registration') ? ['staged\n', 'unpushed\n', 'other\n'] : []),
    // Somebody deleted the files.
    ...(chosen.includes('without directory')
      ? ['dirty\n', 'untracked\n', 'odd\n', 'nested\n', 'look-alike\n']
      : []),
  ]
}

describe('nothing is lost', () => {
  it('by any way of removal, in any state', { timeout: 600_000 }, () =>
    fc.assert(
      fc.asyncProperty(
        fc.subarray(Object.keys(states)),
        fc.constantFrom(...Object.keys(removals)),
        (chosen, removal) =>
          withOpened(
            async (opened) => {
              const record = await opened.slots.create({ slot: 's', base: 'main', work: work('a') })
              // What breaks the registration comes last: the others need a working git in the slot.
              const texts = chosen
                .map((state) => states[state]?.(opened, record))
                .filter((text) => text !== undefined)
              await removals[removal]?.(opened).catch((error: unknown) =>
                expect(error).toMatchObject({ code: /^WS_GIT_/ }),
              )
              const missing = texts.filter((text) => !isKept(opened, text))
              expect(missing.filter((text) => !excused(chosen).includes(text))).toEqual([])
            },
            { files: { 'a.txt': 'a\n' } },
          ),
      ),
      { numRuns: process.env['WS_SOAK'] === undefined ? 24 : 300, seed: 7, endOnFailure: true },
    ),
  )

  it('by a kill at any git step', { timeout: 600_000 }, async () => {
    // Before, between and after the steps that change something; `soak/git.ts` takes any, and system calls between.
    const steps = [
      { step: 8, moment: 'before' },
      { step: 12, moment: 'after' },
      { step: 13, moment: 'before' },
    ] as const
    for (const operation of operations)
      await Promise.all(
        steps.map(async (at) => {
          const kill: Kill = { operation, chosen: chosenBeforeKill, at }
          expect(await killAt(kill), JSON.stringify(kill)).toEqual([])
        }),
      )
  })
})
