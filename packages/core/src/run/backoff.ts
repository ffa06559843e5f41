import type { TaskState } from './run-state.ts'

/**
 * How long to wait before the next attempt: exponential, with up to half of it taken off by a hash of the
 * attempt's key. The jitter is no chance: the same inputs must give the same log.
 */
export function backoffMs(task: TaskState, spent: number): number {
  const { baseMs, factor, maxMs } = task.spec.backoff
  const fullMs = Math.min(maxMs, baseMs * factor ** spent)
  return Math.round(fullMs * (1 - 0.5 * fraction(`${task.run.id}/${task.id}/${task.attempt}`)))
}

/** FNV-1a, as a fraction of one. */
function fraction(text: string): number {
  let hash = 0x811c9dc5
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193)
  return (hash >>> 0) / 0x1_0000_0000
}
