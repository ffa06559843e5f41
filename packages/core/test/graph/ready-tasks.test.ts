import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readyTasks, ReadySet } from '../../src/graph/ready-tasks.ts'
import { buildGraph } from '../../src/graph/task-graph.ts'
import { acyclicNeeds, tasksOf } from './arbitrary-needs.ts'

const graph = buildGraph([
  { id: 'ship', needs: ['test', 'docs'] },
  { id: 'lib' },
  { id: 'test', needs: ['lib'] },
  { id: 'docs' },
])

describe('readyTasks', () => {
  it('gives the tasks whose needs are done and which were not started, in the order of insertion', () => {
    expect(readyTasks(graph, { done: [] })).toEqual(['lib', 'docs'])
    expect(readyTasks(graph, { done: ['lib'], running: ['docs'] })).toEqual(['test'])
    expect(readyTasks(graph, { done: new Set(['lib', 'docs', 'test', 'gone']) })).toEqual(['ship'])
    expect(readyTasks(graph, { done: graph.nodes() })).toEqual([])
  })
})

describe('ReadySet', () => {
  it('tells the same as readyTasks, whatever order the tasks are done in', () => {
    fc.assert(
      fc.property(acyclicNeeds(), fc.infiniteStream(fc.nat()), (needs, choices) => {
        const tasks = buildGraph(tasksOf(needs))
        const set = new ReadySet(tasks)
        const done: string[] = []
        let ready = [...set.initial]
        while (ready.length > 0) {
          expect(ready.toSorted()).toEqual(readyTasks(tasks, { done }).toSorted())
          const [id] = ready.splice(choices.next().value! % ready.length, 1)
          done.push(id!)
          ready = [...ready, ...set.finish(id!)]
        }
        expect(done).toHaveLength(needs.length)
      }),
    )
  })

  it('refuses a task that cannot be done now, and says why', () => {
    const set = new ReadySet(graph)
    expect(() => set.finish('ship')).toThrowErrorMatchingInlineSnapshot(
      `[WsError: task "ship" still waits for 2 of its needs, so it cannot be done now]`,
    )
    set.finish('lib')
    expect(() => set.finish('lib')).toThrowErrorMatchingInlineSnapshot(
      `[WsError: task "lib" is done already, so it cannot be done now]`,
    )
    expect(() => set.finish('x')).toThrowErrorMatchingInlineSnapshot(
      `[WsError: task "x" is not in the graph, so it cannot be done now]`,
    )
  })
})
