import { availableParallelism } from 'node:os'
import { describe, expect, it } from 'vitest'
import { randomKillCase, withKillCases } from './kill-case.ts'

/** Most of a case's time goes by while git runs. */
const lanes = availableParallelism() + 1

describe('a queue that is killed', () => {
  it('anywhere, 100 times, with others pushing and committing, goes on', { timeout: 900_000 }, () =>
    withKillCases(async (run) => {
      const failures: string[] = []
      let [seed, killed] = [1, 0]
      const lane = async () => {
        while (killed < 100 && failures.length === 0) {
          const mine = seed++
          try {
            const end = await run(randomKillCase(mine))
            killed += end.killed
          } catch (error) {
            failures.push(`seed ${mine}: ${String(error)}`)
          }
        }
      }
      await Promise.all(Array.from({ length: lanes }, lane))
      expect(failures).toEqual([])
    }),
  )
})
