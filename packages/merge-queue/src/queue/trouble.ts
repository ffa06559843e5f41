import type { QueueEvent } from './queue-event.ts'
import type { QueueState, TargetState } from './queue-state.ts'

/** An effect whose end was not seen so often in a row is no accident. */
const lostAtMost = 2
/** How long an infrastructure error is waited for, the first, the second time and so on; then a person is asked. */
const pausesMs = [5_000, 15_000, 60_000, 300_000]

/** What did not work: building, landing, or a check; on which candidate or key. */
export interface Trouble {
  /** `build`, `land` or `check/<name>`. */
  readonly what: string
  readonly subject: string
  readonly detail: string
  readonly isLost: boolean
}

/**
 * The world did not answer: nobody is blamed and nothing lands. What was lost is repeated at once, what failed is
 * repeated after a pause, and the target is frozen when pauses do not help.
 */
export function* failInfrastructure(
  target: TargetState,
  trouble: Trouble,
  now: number,
): Generator<QueueEvent> {
  const { what, subject, isLost, detail } = trouble
  const failed = { type: 'infrastructure.failed', target: target.name, ...trouble } as const
  if (isLost && (target.lost.get(subject) ?? 0) < lostAtMost) {
    yield failed
    return
  }
  const before = target.troubles.get(what)
  // What had begun before the pause fails for the same reason, and makes it no longer.
  const pauseMs = pausesMs[before?.count ?? 0]
  const retryAt = before?.retryAt ?? (pauseMs === undefined ? undefined : now + pauseMs)
  if (retryAt === undefined) {
    const because = { reason: 'infrastructure', detail: `${what}: ${detail}` } as const
    yield { type: 'target.frozen', target: target.name, because }
    return
  }
  yield { ...failed, isLost: false, retryAt }
}

/** Under which name it is remembered how often a check run was lost. */
export function subjectOf({ check, key }: { readonly check: string; readonly key: string }): string {
  return `${check} ${key}`
}

/** Whether something is not to be tried again yet. */
export function isPausedFor(target: TargetState, what: string): boolean {
  return target.troubles.get(what)?.retryAt !== undefined
}

/** Whether nothing may start or land on the target. */
export function isHalted({ landed, freezes }: TargetState): boolean {
  return landed === undefined || freezes.size > 0
}

/** When something has to be looked at though nothing happens. */
export function nextAlarm(state: QueueState): number | undefined {
  let next = Infinity
  for (const { troubles } of state.targets.values()) {
    for (const { retryAt } of troubles.values()) if (retryAt !== undefined) next = Math.min(next, retryAt)
  }
  for (const { until } of state.diagnoses.values()) next = Math.min(next, until)
  return next === Infinity ? undefined : next
}
