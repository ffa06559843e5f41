import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { criticalPath, criticalPathLengths } from '../../src/graph/critical-path.ts'
import { buildGraph } from '../../src/graph/task-graph.ts'
import { acyclicNeeds, tasksOf } from './arbitrary-needs.ts'

const graph = buildGraph([
  { id: 'lib', durationMs: 5 },
  { id: 'docs', durationMs: 6 },
  { id: 'test', needs: ['lib'], durationMs: 3 },
  { id: 'ship', needs: ['test', 'docs'] },
])

describe('criticalPath', () => {
  it('is the heaviest chain, from a task that needs nothing to one that nothing needs', () => {
    expect(criticalPath(graph)).toEqual({ path: ['lib', 'test', 'ship'], durationMs: 8 })
  })

  it('takes durations from where it is told', () => {
    const path = criticalPath(graph, { durationOf: ({ id }) => (id === 'docs' ? 100 : 1) })
    expect(path).toEqual({ path: ['docs', 'ship'], durationMs: 101 })
  })

  it('takes the first inserted of equally heavy chains', () => {
    expect(criticalPath(graph, { durationOf: () => 0 }).path).toEqual(['lib', 'test', 'ship'])
    expect(criticalPath(buildGraph([]))).toEqual({ path: [], durationMs: 0 })
  })

  it('is as heavy as the heaviest of all chains, and a chain', () => {
    fc.assert(
      fc.property(weightedTasks, (tasks) => {
        const { path, durationMs } = criticalPath(buildGraph(tasks))
        const chain = path.map((id) => tasks.find((task) => task.id === id)!)
        expect(durationMs).toBe(Math.max(0, ...chainsOf(tasks).map(weight)))
        expect(durationMs).toBe(weight(chain))
        for (const [at, task] of chain.entries()) if (at > 0) expect(task.needs).toContain(chain[at - 1]!.id)
        expect(chain.at(0)?.needs ?? []).toEqual([])
        expect(tasks.filter(({ needs }) => needs.includes(chain.at(-1)!.id))).toEqual([])
      }),
    )
  })

  it('refuses durations that are no durations, all at once', () => {
    const durations = new Map([
      ['lib', -1],
      ['test', Number.NaN],
    ])
    expect(() =>
      criticalPath(graph, { durationOf: ({ id }) => durations.get(id) ?? 1 }),
    ).toThrowErrorMatchingInlineSnapshot(
      `[WsError: durations must be finite and 0 or more ("lib": -1, "test": NaN)]`,
    )
  })
})

describe('criticalPathLengths', () => {
  it('weighs each task with itself and the heaviest path below', () => {
    expect([...criticalPathLengths(graph)]).toEqual([
      ['lib', 8],
      ['docs', 6],
      ['test', 3],
      ['ship', 0],
    ])
  })
})

interface WeightedTask {
  readonly id: string
  readonly needs: readonly string[]
  readonly durationMs: number
}

const weightedTasks: fc.Arbitrary<WeightedTask[]> = acyclicNeeds(7).chain((needs) =>
  fc
    .array(fc.nat(9), { minLength: needs.length, maxLength: needs.length })
    .map((durations) => tasksOf(needs).map((task, at) => ({ ...task, durationMs: durations[at]! }))),
)

/** Every chain that begins anywhere, by brute force. */
function chainsOf(tasks: readonly WeightedTask[]): WeightedTask[][] {
  const from = (task: WeightedTask): WeightedTask[][] => [
    [task],
    ...tasks
      .filter(({ needs }) => needs.includes(task.id))
      .flatMap((next) => from(next).map((chain) => [task, ...chain])),
  ]
  return tasks.flatMap(from)
}

function weight(chain: readonly WeightedTask[]): number {
  return chain.reduce((sum, { durationMs }) => sum + durationMs, 0)
}
