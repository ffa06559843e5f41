import { expect } from 'vitest'
import { landRandomBranches } from './stays-green.ts'

/** Lands one generated history after the other until so many branches have landed. */
export async function landUntil({
  landed,
  firstSeed,
  step,
}: {
  readonly landed: number
  readonly firstSeed: number
  readonly step: number
}): Promise<void> {
  const sum = { landed: 0, conflicted: 0, failed: 0 }
  let seed = firstSeed
  const lane = async () => {
    while (sum.landed < landed) {
      const mine = seed
      seed += step
      const run = await landRandomBranches(mine, 60)
      sum.landed += run.landed
      sum.conflicted += run.conflicted
      sum.failed += run.failed
    }
  }
  // Most of the time goes by while git runs: one history waits while the other goes on.
  await Promise.all([lane(), lane()])
  expect(sum.conflicted).toBeGreaterThan(20)
  expect(sum.failed).toBeGreaterThan(20)
}
