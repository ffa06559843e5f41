import { WsError } from '../errors/ws-error.ts'
import { durationsMs, ownDuration } from './durations.ts'
import type { DurationOf } from './durations.ts'
import { compactOf, compactTasks } from './task-graph.ts'
import type { GraphTask, TaskGraph } from './task-graph.ts'

/** What bounds a task besides its needs: demands on named resources. */
export interface DemandingTask extends GraphTask {
  readonly uses?: Readonly<Record<string, number>>
}

/** What bounds a schedule from below. */
export interface LowerBoundOptions<T> {
  /** How many tasks run at a time: a whole number from 1 up. */
  readonly concurrency: number
  /** @default the task's own `durationMs`, or 0 */
  readonly durationOf?: DurationOf<T>
  /** How much there is of each named resource, more than 0. A resource that is not named here bounds nothing. */
  readonly capacities?: Readonly<Record<string, number>>
  /** How much of each resource the task holds while it runs. @default the task's own `uses`, or none */
  readonly usesOf?: (task: T) => Readonly<Record<string, number>>
}

/** The makespan that no schedule can beat. */
export interface LowerBound {
  readonly ms: number
  /** What binds: the longest chain, all work spread over all slots, or the resource of that name. */
  readonly because: 'critical-path' | 'work' | (string & {})
}

/**
 * The time that no schedule can beat: the largest of the critical path, all work divided by the concurrency, and
 * for each resource the sum of duration × demand divided by its capacity. A real schedule may need longer.
 *
 * @throws `WS_GRAPH_INVALID`, `WS_GRAPH_CYCLE`, `WS_GRAPH_DURATION`, `WS_OPTION_RANGE`; `WS_GRAPH_DEMAND` where a
 * task demands more than there is, or less than nothing.
 */
export function lowerBound<T extends DemandingTask>(
  source: TaskGraph<T> | readonly T[],
  options: LowerBoundOptions<T>,
): LowerBound {
  const { concurrency, durationOf = ownDuration, capacities = {}, usesOf = ownUses } = options
  checkConcurrency(concurrency)
  for (const [resource, capacity] of Object.entries(capacities)) checkCapacity(resource, capacity)
  const tasks = 'mapNodes' in source ? source.mapNodes((_id, { task }) => task) : source
  const graph = 'mapNodes' in source ? compactOf(source) : compactTasks(source)
  const durations = durationsMs(graph.ids, tasks, durationOf)
  const bounds: LowerBound[] = [
    { ms: graph.longestPaths(durations).reduce((a, b) => Math.max(a, b), 0), because: 'critical-path' },
    { ms: durations.reduce((a, b) => a + b, 0) / concurrency, because: 'work' },
  ]
  for (const [resource, capacity] of Object.entries(capacities)) {
    let used = 0
    for (const [node, task] of tasks.entries()) {
      const demand = usesOf(task)[resource] ?? 0
      if (!(demand >= 0 && demand <= capacity))
        throw demandError(graph.ids[node]!, resource, demand, capacity)
      used += durations[node]! * demand
    }
    bounds.push({ ms: used / capacity, because: resource })
  }
  return bounds.reduce((best, bound) => (bound.ms > best.ms ? bound : best))
}

function ownUses(task: DemandingTask): Readonly<Record<string, number>> {
  return task.uses ?? {}
}

function checkConcurrency(concurrency: number): void {
  if (Number.isSafeInteger(concurrency) && concurrency >= 1) return
  throw new WsError('WS_OPTION_RANGE', `concurrency is ${concurrency}, expected a whole number from 1 up`, {
    details: { option: 'concurrency', given: String(concurrency), minimum: 1 },
  })
}

function checkCapacity(resource: string, capacity: number): void {
  if (capacity > 0 && capacity < Number.POSITIVE_INFINITY) return
  throw new WsError('WS_OPTION_RANGE', `the capacity of "${resource}" is ${capacity}, expected more than 0`, {
    details: { option: `capacities.${resource}`, given: String(capacity), minimum: 0 },
    hint: 'leave out a resource that is not limited',
  })
}

function demandError(task: string, resource: string, demand: number, capacity: number): WsError {
  const message = `task "${task}" uses ${demand} of "${resource}", expected 0 to ${capacity}: it could never run`
  return new WsError('WS_GRAPH_DEMAND', message, {
    details: { task, resource, demand: String(demand), capacity },
    hint: 'raise the capacity, or lower what the task uses',
  })
}
