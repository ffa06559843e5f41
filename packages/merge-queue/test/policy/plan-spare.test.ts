import { describe, expect, it } from 'vitest'
import { planAdaptive } from '../../src/policy/adaptive.ts'
import { lineOf } from './line-of.ts'

describe('slots that are left over', () => {
  it('test the line without an entry that has probably failed', () => {
    const { prefixes, forks } = planAdaptive(
      lineOf(4, { failed: [1], retries: 1, flakeRate: 0.01, rate: 0.2 }),
    )
    expect(prefixes).toContain(1)
    expect(forks).toMatchObject([{ without: 1 }])
    expect(forks[0]!.prefixes).toContain(4)
  })

  it('go on with what was begun for the case that a failure meant nothing', () => {
    const facts = { failed: [1], retries: 1, flakeRate: 0.1, rate: 0.02, slots: 3 }
    const { prefixes } = planAdaptive(lineOf(3, { ...facts, running: [{ prefix: 3, elapsed: 0.9 }] }))
    expect(prefixes).toEqual(expect.arrayContaining([1, 3]))
  })

  it('are for whoever may be bad in what is being tested, where a failure counts at once', () => {
    const running = [
      { prefix: 1, elapsed: 0 },
      { prefix: 2, elapsed: 0 },
    ]
    const { forks } = planAdaptive(lineOf(2, { running, rate: 0.2, slots: 6 }))
    expect(forks).toEqual([{ without: 1, prefixes: [2] }])
  })

  it('stay free where hardly anything fails, or there is time enough when it has', () => {
    const running = [
      { prefix: 1, elapsed: 0 },
      { prefix: 2, elapsed: 0 },
    ]
    expect(planAdaptive(lineOf(2, { running, rate: 0.02, slots: 6 })).forks).toEqual([])
    expect(planAdaptive(lineOf(2, { running, rate: 0.2, slots: 6, retries: 1 })).forks).toEqual([])
  })

  it('do not go to a fork that has passed already', () => {
    const facts = { failed: [1], retries: 1, flakeRate: 0.01, rate: 0.2 }
    const fork = { without: 1, good: 4, failed: [], running: [] }
    expect(planAdaptive(lineOf(4, { ...facts, forks: [fork] })).forks).toEqual([])
  })

  it('search a fork that has failed too', () => {
    const facts = { failed: [1], retries: 1, flakeRate: 0.01, rate: 0.2 }
    const fork = { without: 1, good: 0, failed: [4], running: [] }
    const [planned] = planAdaptive(lineOf(4, { ...facts, forks: [fork] })).forks
    expect(Math.max(...planned!.prefixes)).toBeLessThan(4)
  })
})
