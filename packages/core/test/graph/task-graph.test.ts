import { describe, expect, it } from 'vitest'
import { buildGraph, compactOf, compactTasks, findGraphProblems } from '../../src/graph/task-graph.ts'
import { topologicalOrder } from '../../src/graph/topological-order.ts'

describe('buildGraph', () => {
  it('leads an edge from what is needed to what needs it, and keeps the task itself', () => {
    const app = { id: 'app', needs: ['lib'], tool: 'aider' }
    const graph = buildGraph([{ id: 'lib', tool: 'codex' }, app])
    expect(graph.nodes()).toEqual(['lib', 'app'])
    expect(graph.outNeighbors('lib')).toEqual(['app'])
    expect(graph.getNodeAttribute('app', 'task')).toBe(app)
  })

  it('counts a need that is written twice once', () => {
    expect(buildGraph([{ id: 'a' }, { id: 'b', needs: ['a', 'a'] }]).size).toBe(1)
  })

  it('tells all problems at once', () => {
    const tasks = [{ id: 'a', needs: ['a', 'x'] }, { id: 'b', needs: ['y', 'y'] }, { id: 'a' }]
    expect(() => buildGraph(tasks)).toThrowErrorMatchingInlineSnapshot(
      `[WsError: 4 problems: task "a" needs itself; task "a" needs "x", which no task is called; task "b" needs "y", which no task is called; task "a" occurs twice]`,
    )
    expect(() => buildGraph(tasks)).toThrow(
      expect.objectContaining({ code: 'WS_GRAPH_INVALID', details: { problems: findGraphProblems(tasks) } }),
    )
    expect(findGraphProblems(tasks)).toEqual([
      { code: 'WS_GRAPH_SELF_NEED', index: 0, task: 'a' },
      { code: 'WS_GRAPH_UNKNOWN_NEED', index: 0, task: 'a', need: 'x' },
      { code: 'WS_GRAPH_UNKNOWN_NEED', index: 1, task: 'b', need: 'y' },
      { code: 'WS_GRAPH_DUPLICATE_ID', index: 2, task: 'a' },
    ])
  })

  it('tells a single problem in one plain sentence', () => {
    expect(() => compactTasks([{ id: 'a', needs: ['x'] }])).toThrowErrorMatchingInlineSnapshot(
      `[WsError: task "a" needs "x", which no task is called]`,
    )
  })

  it('leaves cycles in the graph, to be found', () => {
    expect(
      buildGraph([
        { id: 'a', needs: ['b'] },
        { id: 'b', needs: ['a'] },
      ]).size,
    ).toBe(2)
  })
})

describe('compactOf', () => {
  it('is made once for a graph that does not change', () => {
    const graph = buildGraph([{ id: 'a' }])
    expect(compactOf(graph)).toBe(compactOf(graph))
    expect(compactOf(graph.copy())).not.toBe(compactOf(graph))
  })

  it('sees every change that is made to the graph', () => {
    const graph = buildGraph([{ id: 'c' }, { id: 'a' }])
    graph.addDirectedEdge('a', 'c')
    expect(topologicalOrder(graph)).toEqual(['a', 'c'])
    graph.mergeNode('b', { task: { id: 'b' } })
    graph.mergeDirectedEdge('b', 'a')
    expect(topologicalOrder(graph)).toEqual(['b', 'a', 'c'])
    graph.dropEdge('a', 'c')
    expect(topologicalOrder(graph)).toEqual(['c', 'b', 'a'])
    graph.dropNode('b')
    expect(topologicalOrder(graph)).toEqual(['c', 'a'])
    graph.addDirectedEdge('a', 'c')
    graph.clearEdges()
    expect(topologicalOrder(graph)).toEqual(['c', 'a'])
    graph.clear()
    expect(topologicalOrder(graph)).toEqual([])
  })
})
