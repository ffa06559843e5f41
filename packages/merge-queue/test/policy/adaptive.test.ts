import { describe, expect, it } from 'vitest'
import { planAdaptive } from '../../src/policy/adaptive.ts'
import { halfway, lineOf } from './line-of.ts'

describe('the adaptive policy', () => {
  it('tests all that wait as one where there is one slot and little fails', () => {
    expect(planAdaptive(lineOf(12, { slots: 1, rate: 0.02 })).prefixes).toEqual([12])
  })

  it('tests fewer at once the more of them fail', () => {
    const [few] = planAdaptive(lineOf(32, { slots: 1, rate: 0.2 })).prefixes
    const [many] = planAdaptive(lineOf(32, { slots: 1, rate: 0.05 })).prefixes
    expect(few).toBeLessThan(many!)
    expect(few).toBeGreaterThan(1)
  })

  it('tests every prefix where there are slots for it', () => {
    expect(planAdaptive(lineOf(3)).prefixes).toEqual([3, 2, 1])
  })

  it('spreads fewer slots over more entries', () => {
    const { prefixes } = planAdaptive(lineOf(12, { slots: 3, rate: 0.1 }))
    expect(prefixes).toHaveLength(3)
    expect(prefixes[0]).toBeGreaterThanOrEqual(9)
  })

  it('keeps what runs, and covers what came meanwhile', () => {
    expect(planAdaptive(lineOf(5, { slots: 2, running: halfway(3) })).prefixes).toEqual([3, 5])
  })

  it('searches a failed prefix as many ways as there are slots, and one more', () => {
    const { prefixes } = planAdaptive(lineOf(12, { slots: 3, failed: [12], rate: 0.02 }))
    const cuts = [0, ...prefixes.toSorted((a, b) => a - b), 12]
    const intervals = cuts.slice(1).map((k, i) => k - cuts[i]!)
    // One more round, of three again, tells four apart.
    expect(intervals).toHaveLength(4)
    expect(Math.max(...intervals)).toBe(4)
  })

  it('tests again what may have failed for no reason before it searches', () => {
    const flaky = { slots: 1, failed: [4], flakeRate: 0.2, rate: 0.005, retries: 1 }
    expect(planAdaptive(lineOf(4, flaky)).prefixes).toEqual([4])
    expect(planAdaptive(lineOf(4, { ...flaky, failures: 2 })).prefixes).not.toEqual([4])
  })

  it('has a single entry that failed tried again', () => {
    expect(planAdaptive(lineOf(4, { slots: 1, failed: [1], retries: 1 })).prefixes).toEqual([1])
  })
})
