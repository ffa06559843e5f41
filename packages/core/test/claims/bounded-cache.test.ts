import { describe, expect, it } from 'vitest'
import { BoundedCache } from '../../src/claims/bounded-cache.ts'

describe('BoundedCache', () => {
  it('holds at most twice its limit and keeps what is asked for', () => {
    const cache = new BoundedCache<number, string>(10)
    cache.set(-1, 'asked for')
    for (let key = 0; key < 100; key++) {
      cache.set(key, 'x')
      expect(cache.get(-1)).toBe('asked for')
    }
    const kept = Array.from({ length: 100 }, (_, key) => cache.get(key)).filter(
      (value) => value !== undefined,
    )
    expect(kept.length).toBeLessThanOrEqual(20)
  })
})
