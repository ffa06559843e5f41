import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { CompactGraph } from '../../src/graph/compact-graph.ts'
import { Precedence } from '../../src/graph/precedence.ts'
import { acyclicNeeds } from './arbitrary-needs.ts'

describe('Precedence', () => {
  it('tells exactly which node comes before which, for every pair', () => {
    fc.assert(
      fc.property(acyclicNeeds(14), (needs) => {
        const precedence = new Precedence(CompactGraph.fromNeeds(needs))
        for (const a of needs.keys()) {
          for (const b of needs.keys()) expect(precedence.precedes(a, b)).toBe(dependsOn(b, a, needs))
        }
      }),
      { numRuns: 300 },
    )
  })

  it('refuses a graph with a cycle', () => {
    const graph = CompactGraph.fromNeeds([[1], [0]])
    expect(() => new Precedence(graph)).toThrow(expect.objectContaining({ code: 'WS_GRAPH_CYCLE' }))
  })

  it('walks a chain of 100,000 nodes without recursion', () => {
    const chain = Array.from({ length: 100_000 }, (_, node) => (node === 0 ? [] : [node - 1]))
    const precedence = new Precedence(CompactGraph.fromNeeds(chain))
    expect(precedence.precedes(0, 99_999)).toBe(true)
    expect(precedence.precedes(99_999, 0)).toBe(false)
  })
})

function dependsOn(node: number, need: number, needs: readonly (readonly number[])[]): boolean {
  return needs[node]!.some((direct) => direct === need || dependsOn(direct, need, needs))
}
