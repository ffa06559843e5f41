import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { CompactGraph, criticalPathLengthsOf } from '../../src/graph/compact-graph.ts'
import { acyclicNeeds, anyNeeds } from './arbitrary-needs.ts'

describe('CompactGraph', () => {
  it('keeps a list that is in order already as it is', () => {
    expect([...CompactGraph.fromNeeds([[], [0], [0, 1]]).topologicalOrder()]).toEqual([0, 1, 2])
  })

  it('always takes the lowest node that is possible next', () => {
    fc.assert(
      fc.property(acyclicNeeds(), (needs) => {
        expect([...CompactGraph.fromNeeds(needs).topologicalOrder()]).toEqual(naiveOrder(needs))
      }),
    )
  })

  it('puts each node one level above the highest that it needs', () => {
    fc.assert(
      fc.property(acyclicNeeds(), (needs) => {
        const levels = CompactGraph.fromNeeds(needs).levels()
        for (const [node, list] of needs.entries()) {
          expect(levels[node]).toBe(Math.max(-1, ...list.map((need) => levels[need]!)) + 1)
        }
      }),
    )
  })

  it('weighs each node with the heaviest of all paths below it', () => {
    fc.assert(
      fc.property(weightedNeeds, ({ needs, durations }) => {
        const tasks = needs.map((list, node) => ({ needs: list, durationMs: durations[node]! }))
        const lengths = criticalPathLengthsOf(tasks)
        expect([...lengths]).toEqual(needs.map((_, node) => heaviestFrom(node, needs, durations)))
      }),
    )
  })

  it('finds a cycle exactly where no order exists', () => {
    fc.assert(
      fc.property(anyNeeds, (needs) => {
        const graph = CompactGraph.fromNeeds(needs)
        const isAcyclic = naiveOrder(needs).length === needs.length
        expect(graph.cycles().length === 0).toBe(isAcyclic)
        if (isAcyclic) graph.topologicalOrder()
        else
          expect(() => graph.topologicalOrder()).toThrow(expect.objectContaining({ code: 'WS_GRAPH_CYCLE' }))
      }),
    )
  })

  it('gives one real, shortest cycle for each knot, beginning with its lowest node', () => {
    fc.assert(
      fc.property(anyNeeds, (needs) => {
        const distance = naiveDistances(needs)
        const lowestOfKnots = [...needs.keys()]
          .filter((node) => distance[node]![node]! < Infinity)
          .filter(
            (node, _, knotted) => !knotted.some((other) => other < node && areKnotted(distance, node, other)),
          )
        const cycles = CompactGraph.fromNeeds(needs).cycles()
        expect(cycles.map(([first]) => first)).toEqual(lowestOfKnots)
        for (const cycle of cycles) {
          expect(cycle.length).toBe(distance[cycle[0]!]![cycle[0]!])
          expect(new Set(cycle).size).toBe(cycle.length)
          for (const [step, node] of cycle.entries()) {
            expect(needs[cycle[(step + 1) % cycle.length]!]).toContain(node)
          }
        }
      }),
    )
  })

  it('names every cycle in the error', () => {
    const graph = CompactGraph.fromNeeds([[1], [0], [], [4], [3]], ['a', 'b', 'c', 'd', 'e'])
    expect(() => graph.levels()).toThrowErrorMatchingInlineSnapshot(
      `[WsError: tasks wait for each other: "a" → "b" → "a"; "d" → "e" → "d"]`,
    )
  })

  it('counts the members of a long cycle instead of printing them all', () => {
    const ring = CompactGraph.fromNeeds(Array.from({ length: 12 }, (_, node) => [(node + 11) % 12]))
    expect(() => ring.topologicalOrder()).toThrowErrorMatchingInlineSnapshot(
      `[WsError: tasks wait for each other: "0" → "1" → "2" → "3" → "4" → "5" → "6" → "7" → "8" → "9" → 2 more → "0"]`,
    )
  })

  it('walks chains and rings of 100,000 nodes without recursion', () => {
    const chain = Array.from({ length: 100_000 }, (_, node) => (node === 0 ? [] : [node - 1]))
    const reversed = Array.from({ length: 100_000 }, (_, node) => (node === 99_999 ? [] : [node + 1]))
    expect(CompactGraph.fromNeeds(chain).levels().at(-1)).toBe(99_999)
    expect(CompactGraph.fromNeeds(reversed).topologicalOrder()[0]).toBe(99_999)
    expect(criticalPathLengthsOf(chain.map((needs) => ({ needs, durationMs: 1 })))[0]).toBe(100_000)
    expect(CompactGraph.fromNeeds(chain.with(0, [99_999])).cycles()[0]).toHaveLength(100_000)
  })
})

const weightedNeeds = acyclicNeeds().chain((needs) =>
  fc.record({
    needs: fc.constant(needs),
    durations: fc.array(fc.nat(20), { minLength: needs.length, maxLength: needs.length }),
  }),
)

/** Scans for the lowest possible node, again and again; stops short where there is none. */
function naiveOrder(needs: readonly (readonly number[])[]): number[] {
  const order: number[] = []
  for (;;) {
    const next = needs.findIndex(
      (list, node) => !order.includes(node) && list.every((need) => order.includes(need)),
    )
    if (next === -1) return order
    order.push(next)
  }
}

function heaviestFrom(
  node: number,
  needs: readonly (readonly number[])[],
  durations: readonly number[],
): number {
  const below = [...needs.keys()].filter((other) => needs[other]!.includes(node))
  return durations[node]! + Math.max(0, ...below.map((other) => heaviestFrom(other, needs, durations)))
}

/** The shortest way from each node to each, by Floyd and Warshall; to itself, the shortest cycle. */
function naiveDistances(needs: readonly (readonly number[])[]): number[][] {
  const distance = needs.map((_, from) => needs.map((list) => (list.includes(from) ? 1 : Infinity)))
  for (const via of needs.keys()) {
    for (const from of needs.keys()) {
      for (const to of needs.keys()) {
        distance[from]![to] = Math.min(distance[from]![to]!, distance[from]![via]! + distance[via]![to]!)
      }
    }
  }
  return distance
}

function areKnotted(distance: readonly (readonly number[])[], a: number, b: number): boolean {
  return distance[a]![b]! < Infinity && distance[b]![a]! < Infinity
}
