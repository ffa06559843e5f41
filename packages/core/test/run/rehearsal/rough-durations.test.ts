import { describe, expect, it } from 'vitest'
import { roughDurations } from '../../../src/run/rehearsal/rough-durations.ts'

describe('durations that turn out different', () => {
  const hundred = new Float64Array(1_000).fill(100)

  it('are half to twice the estimate, mostly near it', () => {
    const rough = roughDurations(hundred, 3)
    expect(Math.min(...rough)).toBeGreaterThan(50)
    expect(Math.max(...rough)).toBeLessThan(200)
    const near = rough.filter((ms) => ms > 75 && ms < 133)
    expect(near.length).toBeGreaterThan(600)
    expect(rough.reduce((a, b) => a + b) / rough.length).toBeCloseTo(104, -1)
  })

  it('are the same everywhere, and others in each variant', () => {
    const [one, other] = [roughDurations(hundred, 0), roughDurations(hundred, 1)]
    expect(roughDurations(hundred, 0)).toEqual(one)
    expect(one.filter((ms, task) => ms === other[task]).length).toBe(0)
    expect([...one.subarray(0, 3)]).toMatchInlineSnapshot(`
      [
        100.36295964870229,
        92.93274863979988,
        149.50680686088887,
      ]
    `)
  })

  it('leave what takes no time without any', () => {
    expect([...roughDurations(Float64Array.of(0), 0)]).toEqual([0])
  })
})
