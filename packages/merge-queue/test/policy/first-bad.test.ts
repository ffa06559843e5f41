import { describe, expect, it } from 'vitest'
import { firstBad } from '../../src/policy/first-bad.ts'
import { lineOf } from './line-of.ts'

const rounded = (values: Float64Array) => [...values].map((value) => Math.round(value * 1_000) / 1_000)

describe('how likely a prefix is to hold a bad entry', () => {
  it('rises with its length', () => {
    expect(rounded(firstBad(lineOf(3, { rate: 0.1 })))).toEqual([0, 0.1, 0.19, 0.271])
  })

  it('begins anew behind what is good', () => {
    expect(rounded(firstBad(lineOf(3, { rate: 0.1, good: 2 })))).toEqual([0, 0, 0, 0.1])
  })

  it('is certain for one that failed where no check is flaky', () => {
    expect(rounded(firstBad(lineOf(3, { rate: 0.1, failed: [2] })))).toEqual([0, 0.526, 1, 1])
  })

  it('is less so where checks are flaky, and more so the more often it has failed', () => {
    const once = firstBad(lineOf(3, { rate: 0.02, flakeRate: 0.03, failed: [1] }))
    const twice = firstBad(lineOf(3, { rate: 0.02, flakeRate: 0.03, failed: [1], failures: 2 }))
    expect(once[1]).toBeCloseTo(0.405, 2)
    expect(twice[1]).toBeGreaterThan(0.95)
  })
})
