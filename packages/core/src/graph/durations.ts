import { WsError } from '../errors/ws-error.ts'
import type { GraphTask } from './task-graph.ts'

/** How long a task is expected to take, in milliseconds: 0 or more. */
export type DurationOf<T> = (task: T) => number

/** What a task says itself; one that says nothing weighs nothing. */
export function ownDuration(task: GraphTask): number {
  return task.durationMs ?? 0
}

/**
 * The durations of all tasks, in their order.
 * @throws `WS_GRAPH_DURATION` with every task whose duration is not a finite number of 0 or more.
 */
export function durationsMs<T>(
  ids: readonly string[],
  tasks: readonly T[],
  durationOf: DurationOf<T>,
): Float64Array {
  const durations = Float64Array.from(tasks, durationOf)
  const wrong = [...durations.entries()].filter(([, ms]) => !(ms >= 0 && ms < Number.POSITIVE_INFINITY))
  if (wrong.length === 0) return durations
  const shown = wrong.map(([node, ms]) => `"${ids[node]}": ${ms}`)
  throw new WsError('WS_GRAPH_DURATION', `durations must be finite and 0 or more (${shown.join(', ')})`, {
    details: { tasks: wrong.map(([node]) => ids[node]) },
    hint: 'give every task a duration in milliseconds, or none',
  })
}
