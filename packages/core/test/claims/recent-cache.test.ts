import { describe, expect, it } from 'vitest'
import { RecentCache } from '../../src/claims/recent-cache.ts'

describe('RecentCache', () => {
  it('keeps what is asked for, and forgets what was not asked for longest', () => {
    const cache = new RecentCache<number>(2)
    cache.set('a', 1)
    cache.set('b', 2)
    expect([cache.get('a'), cache.get('a'), cache.get('c')]).toEqual([1, 1, undefined])
    cache.set('c', 3)
    expect([cache.get('a'), cache.get('b'), cache.get('c')]).toEqual([1, undefined, 3])
  })

  it('replaces what is set again', () => {
    const cache = new RecentCache<number>(2)
    cache.set('a', 1)
    cache.set('a', 2)
    expect(cache.get('a')).toBe(2)
  })

  it('holds as many as it has places, and many of a few', () => {
    const cache = new RecentCache<number>(256)
    const texts = Array.from({ length: 10_000 }, (_, i) => `src/module-${i}/**`)
    texts.forEach((text, i) => cache.set(text, i))
    expect(texts.filter((text) => cache.get(text) !== undefined).length).toBeLessThanOrEqual(256)
    const few = texts.slice(0, 16)
    few.forEach((text, i) => cache.set(text, i))
    expect(few.filter((text, i) => cache.get(text) === i).length).toBeGreaterThan(12)
  })
})
