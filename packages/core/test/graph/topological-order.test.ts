import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { buildGraph } from '../../src/graph/task-graph.ts'
import { executionGroups, topologicalOrder } from '../../src/graph/topological-order.ts'
import { acyclicNeeds, tasksOf } from './arbitrary-needs.ts'

const diamond = [
  { id: 'ship', needs: ['test', 'docs'] },
  { id: 'lib' },
  { id: 'test', needs: ['lib'] },
  { id: 'docs' },
]

describe('topologicalOrder', () => {
  it('puts every task after what it needs, and the first inserted first among equals', () => {
    expect(topologicalOrder(buildGraph(diamond))).toEqual(['lib', 'test', 'docs', 'ship'])
  })

  it('names the members of the cycle that makes an order impossible', () => {
    const graph = buildGraph([
      { id: 'a', needs: ['b'] },
      { id: 'b', needs: ['a'] },
    ])
    expect(() => topologicalOrder(graph)).toThrow(
      expect.objectContaining({ code: 'WS_GRAPH_CYCLE', details: { cycles: [['a', 'b']] } }),
    )
  })

  it('gives the same for the same tasks, whatever order their needs are written in', () => {
    fc.assert(
      fc.property(acyclicNeeds(), (needs) => {
        const tasks = tasksOf(needs)
        const turned = tasks.map((task) => ({ ...task, needs: task.needs.toReversed() }))
        expect(topologicalOrder(buildGraph(turned))).toEqual(topologicalOrder(buildGraph(tasks)))
      }),
    )
  })
})

describe('executionGroups', () => {
  it('puts each task in the earliest group that it can be in', () => {
    expect(executionGroups(buildGraph(diamond))).toEqual([['lib', 'docs'], ['test'], ['ship']])
  })

  it('gives the groups that starting everything possible at once would give', () => {
    fc.assert(
      fc.property(acyclicNeeds(), (needs) => {
        const tasks = tasksOf(needs)
        const groups: string[][] = []
        for (let left = tasks; left.length > 0;) {
          const isLeft = new Set(left.map(({ id }) => id))
          const next = left.filter((task) => !task.needs.some((need) => isLeft.has(need)))
          groups.push(next.map(({ id }) => id))
          left = left.filter((task) => !next.includes(task))
        }
        expect(executionGroups(buildGraph(tasks))).toEqual(groups)
      }),
    )
  })
})
