import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Places } from '../../src/machine/heap.ts'
import { Heap } from '../../src/machine/heap.ts'

interface Item {
  readonly id: number
  rank: number
  place?: number | undefined
}

const byRank = (a: Item, b: Item) => a.rank - b.rank || a.id - b.id
const places: Places<Item> = {
  get: (item) => item.place,
  set: (item, at) => (item.place = at),
  delete: (item) => (item.place = undefined),
}

describe.each([
  ['that looks items up', () => new Heap<Item>(byRank)],
  ['whose items keep their place', () => new Heap<Item>(byRank, { places })],
  [
    'that ranks items by a part of their order',
    () => new Heap<Item>(byRank, { rank: ({ rank }) => rank >> 2 }),
  ],
])('a heap %s', (_, make) => {
  it('gives the least item first', () => {
    const heap = make()
    const items = [5, 3, 8, 1].map((rank, id) => ({ id, rank }))
    for (const item of items) heap.put(item)
    expect(heap.peek()).toBe(items[3])
    expect(heap.size).toBe(4)
    expect([...heap.values()]).toHaveLength(4)
    expect([0, 1, 2, 3, 4].map(() => heap.take()?.rank)).toEqual([1, 3, 5, 8, undefined])
  })

  it('knows what is in it', () => {
    const heap = make()
    const [a, b] = [
      { id: 0, rank: 1 },
      { id: 1, rank: 2 },
    ]
    heap.put(a)
    expect([heap.has(a), heap.has(b)]).toEqual([true, false])
    expect([heap.delete(a), heap.delete(a)]).toEqual([true, false])
  })

  it('keeps its order through anything that is done to it', () => {
    const step = fc.oneof(
      fc.record({ what: fc.constant('put' as const), id: fc.nat(39), rank: fc.nat(20) }),
      fc.record({ what: fc.constant('delete' as const), id: fc.nat(39), rank: fc.nat(20) }),
      fc.record({ what: fc.constant('take' as const), id: fc.nat(39), rank: fc.nat(20) }),
      fc.record({ what: fc.constant('reorder' as const), id: fc.nat(39), rank: fc.nat(20) }),
    )
    fc.assert(
      fc.property(fc.array(step, { maxLength: 120 }), (steps) => {
        const heap = make()
        const items = Array.from({ length: 40 }, (_each, id): Item => ({ id, rank: 0 }))
        const inside = new Set<Item>()
        for (const { what, id, rank } of steps) {
          const item = items[id]!
          if (what === 'put') {
            item.rank = rank
            heap.put(item)
            inside.add(item)
          } else if (what === 'delete') expect(heap.delete(item)).toBe(inside.delete(item))
          else if (what === 'take') {
            const least = [...inside].sort(byRank)[0]
            expect(heap.take()).toBe(least)
            if (least !== undefined) inside.delete(least)
          } else {
            for (const each of inside) each.rank = (each.rank * 7 + rank) % 21
            heap.reorder()
          }
          expect(heap.peek()).toBe([...inside].sort(byRank)[0])
        }
        expect([...heap.values()].sort(byRank)).toEqual([...inside].sort(byRank))
      }),
    )
  })
})
