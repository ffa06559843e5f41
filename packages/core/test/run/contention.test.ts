import { describe, expect, it } from 'vitest'
import { rivalryOf } from '../../src/run/contention.ts'
import type { WorkstreamSpec } from '../../src/run/run-spec.ts'
import { partsOf } from './plan-notation.ts'

const count = (notation: string, ignoreCase = false) =>
  rivalryOf(partsOf(notation).workstreams, { ignoreCase }).counts

describe('contention', () => {
  it('is how many others want what a workstream claims, each once', () => {
    expect(count('a [src/** docs/x]: \nb [src/x docs/*]:\nc [+lib/**]:\nd [+lib/y]:\ne:')).toEqual([
      1, 1, 0, 0, 0,
    ])
  })

  it('counts those who claim the very same', () => {
    expect(count('a [src/x]:\nb [src/x]:\nc [src/x src/**]:')).toEqual([2, 2, 2])
  })

  it('is counted up to eight', () => {
    const many = Array.from({ length: 20 }, (_, i) => `w${i} [src/x]:`).join('\n')
    expect(new Set(count(many))).toEqual(new Set([8]))
    const apart = Array.from({ length: 20 }, (_, i) => `w${i} [src/x${i}]:`).join('\n')
    expect(count(`wide [src/**]:\n${apart}`)).toEqual([8, ...Array.from({ length: 20 }, () => 1)])
  })

  it('of patterns that may all meet is that of the first in the plan, and of the very same', () => {
    const many = Array.from({ length: 900 }, (_, i) => `w${i} [*/f${i}/*.ts]:`).join('\n')
    const counts = count(`${many}\nfirst [*/a/b.md]:\nsecond [x/a/b.md]:\nsame [*/a/b.md]:`)
    expect(counts.slice(0, 3)).toEqual([0, 0, 0])
    expect(counts.slice(-3)).toEqual([1, 0, 1])
    expect(count('first [*/a/b.md]:\nsecond [x/a/b.md]:\nsame [*/a/b.md]:')).toEqual([2, 2, 2])
  })

  it('heeds what claims exclude, and case where the repository does', () => {
    const without = (id: string, path: string, exclude?: string): WorkstreamSpec => ({
      ...partsOf(`${id}:`).workstreams[0]!,
      claims: [{ path, mode: 'exclusive', ...(exclude === undefined ? {} : { exclude: [exclude] }) }],
    })
    expect(
      rivalryOf([without('a', 'src/**', 'src/x/**'), without('b', 'src/x/y')], { ignoreCase: false }).counts,
    ).toEqual([0, 0])
    expect([count('a [SRC]:\nb [src]:'), count('a [SRC]:\nb [src]:', true)]).toEqual([
      [0, 0],
      [1, 1],
    ])
  })
})
