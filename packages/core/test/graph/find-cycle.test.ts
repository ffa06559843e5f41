import { DirectedGraph } from 'graphology'
import { describe, expect, it } from 'vitest'
import { findCycle, findCycles } from '../../src/graph/find-cycle.ts'
import { buildGraph } from '../../src/graph/task-graph.ts'

describe('findCycle', () => {
  it('finds nothing in a graph that can be run', () => {
    expect(findCycle(buildGraph([{ id: 'a' }, { id: 'b', needs: ['a'] }]))).toBeUndefined()
  })

  it('gives the members in the order in which they wait for each other', () => {
    const graph = buildGraph([
      { id: 'a', needs: ['c'] },
      { id: 'b', needs: ['a'] },
      { id: 'c', needs: ['b'] },
    ])
    expect(findCycle(graph)).toEqual(['a', 'b', 'c'])
  })

  it('gives one cycle for each knot, in the order of insertion', () => {
    const graph = buildGraph([
      { id: 'free' },
      { id: 'd', needs: ['e'] },
      { id: 'e', needs: ['d', 'f'] },
      { id: 'f', needs: ['e', 'free'] },
      { id: 'g', needs: ['h', 'f'] },
      { id: 'h', needs: ['g'] },
    ])
    expect(findCycles(graph)).toEqual([
      ['d', 'e'],
      ['g', 'h'],
    ])
  })

  it('sees a loop in a graph that somebody else has built', () => {
    const graph = new DirectedGraph()
    graph.addNode('a')
    graph.addEdge('a', 'a')
    expect(findCycles(graph)).toEqual([['a']])
  })
})
