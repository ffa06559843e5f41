import { describe, expect, it } from 'vitest'
import { reckonValues } from '../../src/policy/value-table.ts'

const shape = { failureRate: 0.1, flakeRate: 0, slots: 1, retries: 0, length: 16 }

describe('what waiting will cost', () => {
  it('is one trial each where nothing fails', () => {
    const values = reckonValues({ ...shape, failureRate: 0 })
    expect(values.whole(5)).toBe(5)
  })

  it('is known by hand for one and two entries and one slot', () => {
    const values = reckonValues(shape)
    expect(values.whole(1)).toBeCloseTo(1)
    // Both as one: two wait for a trial; if that fails, both for another that says which, and then the second may go on.
    const first = 0.1 / 0.19
    const failed = 2 + first
    expect(values.failed(2, 2)).toBeCloseTo(failed)
    expect(values.whole(2)).toBeCloseTo(2 + 0.19 * failed)
  })

  it('rises with the line, and with how much fails; falls with slots', () => {
    const values = reckonValues(shape)
    for (let n = 1; n < 16; n++) expect(values.whole(n + 1)).toBeGreaterThan(values.whole(n))
    expect(reckonValues({ ...shape, failureRate: 0.2 }).whole(8)).toBeGreaterThan(values.whole(8))
    expect(reckonValues({ ...shape, slots: 4 }).whole(8)).toBeLessThan(values.whole(8))
    expect(reckonValues({ ...shape, flakeRate: 0.1 }).whole(8)).toBeGreaterThan(values.whole(8))
  })

  it('is greater where one is known to be bad', () => {
    const values = reckonValues({ ...shape, slots: 3 })
    for (let b = 2; b <= 16; b++) expect(values.failed(b, 16)).toBeGreaterThan(values.whole(16))
  })

  it('counts the trials until a single failure counts', () => {
    expect(reckonValues({ ...shape, retries: 2 }).failed(1, 1)).toBe(2)
  })

  it('is that of its longest line for a longer one', () => {
    const values = reckonValues(shape)
    expect(values.whole(40)).toBe(values.whole(16))
    expect(values.failed(40, 40)).toBe(values.failed(16, 16))
    expect(values.innocent(40, 40)).toBe(values.innocent(16, 16))
    expect(values.failed(0, 3)).toBe(values.whole(3))
  })
})
