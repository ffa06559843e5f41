import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { lowerBound } from '../../src/graph/lower-bound.ts'
import { buildGraph } from '../../src/graph/task-graph.ts'
import { acyclicNeeds, tasksOf } from './arbitrary-needs.ts'

const tasks = [
  { id: 'lib', durationMs: 40, uses: { cpu: 2 } },
  { id: 'test', needs: ['lib'], durationMs: 20, uses: { cpu: 3 } },
  { id: 'docs', durationMs: 30 },
]

describe('lowerBound', () => {
  it('names what binds', () => {
    expect(lowerBound(tasks, { concurrency: 3 })).toEqual({ ms: 60, because: 'critical-path' })
    expect(lowerBound(tasks, { concurrency: 1 })).toEqual({ ms: 90, because: 'work' })
    expect(lowerBound(tasks, { concurrency: 3, capacities: { cpu: 3, disk: 1 } })).toEqual({
      ms: 60,
      because: 'critical-path',
    })
    expect(
      lowerBound(tasks, { concurrency: 3, usesOf: () => ({ licence: 1 }), capacities: { licence: 1 } }),
    ).toEqual({
      ms: 90,
      because: 'licence',
    })
  })

  it('takes a graph as well as a list', () => {
    const options = { concurrency: 2, capacities: { cpu: 3 } }
    expect(lowerBound(buildGraph(tasks), options)).toEqual(lowerBound(tasks, options))
    expect(lowerBound([], { concurrency: 1 })).toEqual({ ms: 0, because: 'critical-path' })
  })

  it('is beaten by no greedy schedule', () => {
    fc.assert(
      fc.property(demandingTasks, fc.integer({ min: 1, max: 3 }), (list, concurrency) => {
        const bound = lowerBound(list, { concurrency, capacities: { cpu: 3 } })
        expect(bound.ms).toBeLessThanOrEqual(greedyMakespan(list, concurrency, 3))
      }),
    )
  })

  it('refuses a task that could never run, and options out of range', () => {
    expect(() =>
      lowerBound(tasks, { concurrency: 1, capacities: { cpu: 2 } }),
    ).toThrowErrorMatchingInlineSnapshot(
      `[WsError: task "test" uses 3 of "cpu", expected 0 to 2: it could never run]`,
    )
    for (const concurrency of [0, -1, Number.NaN, 1.5, Infinity]) {
      expect(() => lowerBound(tasks, { concurrency })).toThrow(
        expect.objectContaining({ code: 'WS_OPTION_RANGE' }),
      )
    }
    for (const cpu of [0, -1, Number.NaN, Infinity]) {
      const options = { concurrency: 1, capacities: { cpu } }
      expect(() => lowerBound(tasks, options)).toThrow(expect.objectContaining({ code: 'WS_OPTION_RANGE' }))
    }
  })
})

interface Demanding {
  readonly id: string
  readonly needs: readonly string[]
  readonly durationMs: number
  readonly uses: { readonly cpu: number }
}

const demandingTasks: fc.Arbitrary<Demanding[]> = acyclicNeeds(7).chain((needs) =>
  fc
    .array(fc.tuple(fc.integer({ min: 0, max: 9 }), fc.nat(3)), {
      minLength: needs.length,
      maxLength: needs.length,
    })
    .map((facts) =>
      tasksOf(needs).map((task, at) => ({
        ...task,
        durationMs: facts[at]![0],
        uses: { cpu: facts[at]![1] },
      })),
    ),
)

/** Starts whatever fits, as soon as it fits. */
function greedyMakespan(list: readonly Demanding[], concurrency: number, cpu: number): number {
  const ends = new Map<string, number>()
  let now = 0
  while (ends.size < list.length) {
    const running = list.filter(({ id }) => (ends.get(id) ?? -1) > now)
    const isDone = (id: string): boolean => (ends.get(id) ?? Infinity) <= now
    const used = running.reduce((sum, { uses }) => sum + uses.cpu, 0)
    const next = list.find(
      (task) => !ends.has(task.id) && task.needs.every(isDone) && used + task.uses.cpu <= cpu,
    )
    if (next !== undefined && running.length < concurrency) ends.set(next.id, now + next.durationMs)
    else now = Math.min(...running.map(({ id }) => ends.get(id)!))
  }
  return Math.max(0, ...ends.values())
}
