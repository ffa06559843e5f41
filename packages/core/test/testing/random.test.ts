import { describe, expect, it } from 'vitest'
import { Random } from '../../src/testing/random.ts'

describe('Random', () => {
  it('gives the same numbers for the same seed, and others for another', () => {
    const draw = (seed: number) => {
      const random = new Random(seed)
      return Array.from({ length: 20 }, () => random.next())
    }
    expect(draw(7)).toEqual(draw(7))
    expect(draw(7)).not.toEqual(draw(8))
  })

  it('spreads evenly from 0 up to 1, which it never reaches', () => {
    const random = new Random(1)
    const counts = Array.from({ length: 10 }, () => 0)
    for (let i = 0; i < 10_000; i++) counts[random.below(10)]! += 1
    for (const count of counts) expect(Math.abs(count - 1_000)).toBeLessThan(150)
  })

  it('picks one of several, and takes chances', () => {
    const random = new Random(1)
    expect(['a', 'b']).toContain(random.pick(['a', 'b']))
    expect([random.chance(0), random.chance(1)]).toEqual([false, true])
  })
})
