import { describe, expect, it } from 'vitest'
import { landRandomBranches } from './stays-green.ts'

describe('the target', () => {
  it('stays green through 500 landings, and every merge is git’s own', { timeout: 900_000 }, async () => {
    const sum = { landed: 0, conflicted: 0, failed: 0 }
    let seed = 1
    const lane = async () => {
      while (sum.landed < 500) {
        const { landed, conflicted, failed } = await landRandomBranches(seed++, 60)
        sum.landed += landed
        sum.conflicted += conflicted
        sum.failed += failed
      }
    }
    // Most of the time goes by while git runs: one history waits while the others go on.
    await Promise.all([lane(), lane(), lane()])
    expect(sum.conflicted).toBeGreaterThan(20)
    expect(sum.failed).toBeGreaterThan(20)
  })
})
