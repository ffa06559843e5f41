import { describe, expect, it } from 'vitest'
import { type KillCase, runAll, withKillCases } from './kill-case.ts'

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
