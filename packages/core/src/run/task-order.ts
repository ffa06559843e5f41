import type { TaskState } from './run-state.ts'

/**
 * The order in which ready tasks of a run are tried, most urgent first:
 * level (own or inherited), then the heavier path to the end, then the more contended claims, then the plan.
 */
export function compareTasks(a: TaskState, b: TaskState): number {
  return (
    effectiveLevel(a) - effectiveLevel(b) ||
    b.criticalMs - a.criticalMs ||
    b.workstream.contention - a.workstream.contention ||
    a.index - b.index
  )
}

/** The level of a task that is ready: who holds what a more urgent one waits for is as urgent as the one who waits. */
export function effectiveLevel(task: TaskState): number {
  const own = task.level!
  const inherited = task.workstream.inheritedLevel
  return inherited === undefined || own < inherited ? own : inherited
}

export function ownPriority(task: TaskState): number {
  return task.priority ?? task.workstream.spec.priority
}
