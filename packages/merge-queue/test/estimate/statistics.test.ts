import { describe, expect, it } from 'vitest'
import {
  durationOf,
  emptyCheckStatistics,
  emptyStatistics,
  failureRateOf,
  flakeRateOf,
  learnEnd,
  learnPass,
  learnRun,
  riskClassOf,
} from '../../src/estimate/statistics.ts'

describe('what is measured', () => {
  it('is five failures in a hundred and one flake in a hundred before anything was', () => {
    expect(failureRateOf(emptyStatistics(), false)).toBeCloseTo(0.05)
    expect(flakeRateOf(undefined)).toBeCloseTo(0.01)
    expect(durationOf(undefined)).toBe(300_000)
  })

  it('comes near to what is so', () => {
    const statistics = emptyStatistics()
    for (let i = 0; i < 500; i++) learnEnd(statistics, i % 5 === 0, false)
    expect(failureRateOf(statistics, false)).toBeCloseTo(0.19, 1)
  })

  it('takes what failed before and comes again for a kind of its own', () => {
    const statistics = emptyStatistics()
    expect(failureRateOf(statistics, true)).toBeCloseTo(0.4)
    for (let i = 0; i < 50; i++) learnEnd(statistics, true, true)
    expect(failureRateOf(statistics, true)).toBeGreaterThan(0.9)
    expect(failureRateOf(statistics, false)).toBeCloseTo(0.05)
  })

  it('forgets what was long ago', () => {
    const statistics = emptyStatistics()
    for (let i = 0; i < 400; i++) learnEnd(statistics, true, false)
    for (let i = 0; i < 800; i++) learnEnd(statistics, false, false)
    expect(failureRateOf(statistics, false)).toBeLessThan(0.05)
  })

  it('counts as flaky what failed under a key that passes', () => {
    const check = emptyCheckStatistics()
    for (let i = 0; i < 100; i++) learnPass(check, i % 10 === 0 ? 1 : 0)
    expect(flakeRateOf(check)).toBeCloseTo(0.08, 1)
  })

  it('is the mean of the newer runs', () => {
    const check = emptyCheckStatistics()
    for (let i = 0; i < 1_000; i++) learnRun(check, i < 500 ? 1_000 : 9_000)
    expect(durationOf(check)).toBeGreaterThan(8_000)
  })
})

describe('waits', () => {
  it('are of one class where about as much can go wrong', () => {
    expect([0, 0.2, 0.5, 7].map(riskClassOf)).toEqual([0, 1, 2, 3])
  })
})
