import { availableParallelism } from 'node:os'
import { describe, expect, it } from 'vitest'
import { type KillCase, withKillCases } from './kill-case.ts'

const three: Omit<KillCase, 'kills' | 'moment'> = {
  branches: [
    { name: 'one', method: 'merge' },
    { name: 'two', method: 'squash' },
    { name: 'three', method: 'rebase' },
  ],
  isCheckedOut: true,
  hasRemote: false,
  isDisturbed: false,
}

/** Most of a case's time goes by while git runs. */
const lanes = availableParallelism() + 1

/** Runs cases beside each other and collects what failed. */
async function runAll(cases: readonly { readonly name: string; readonly run: () => Promise<unknown> }[]) {
  const failures: string[] = []
  const line = [...cases]
  const lane = async () => {
    for (let next = line.shift(); next !== undefined; next = line.shift())
      await next.run().catch((error: unknown) => failures.push(`${next?.name}: ${String(error)}`))
  }
  await Promise.all(Array.from({ length: lanes }, lane))
  return failures
}

describe('a queue that is killed', () => {
  it('at any step of a landing loses, doubles and fakes nothing', { timeout: 900_000 }, () =>
    withKillCases(async (run) => {
      const { steps } = await run({ ...three, kills: [Infinity], moment: 'before' })
      expect(steps).toBeGreaterThan(20)
      const cases = Array.from({ length: steps }, (_, i) => ({
        name: `killed at step ${i + 1}`,
        run: () => run({ ...three, kills: [i + 1], moment: i % 2 === 0 ? 'before' : 'after' }),
      }))
      expect(await runAll(cases)).toEqual([])
    }),
  )
})
