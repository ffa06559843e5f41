import type { QueueEvent } from './queue-event.ts'
import type { QueueState, TargetState } from './queue-state.ts'

/** An effect whose end was not seen so often in a row is no accident. */
const lostAtMost = 2
/** How long an infrastructure error is waited for, the first, the second time and so on; then a person is asked. */
const pausesMs = [5_000, 15_000, 60_000, 300_000]

/**
 * The world did not answer: nobody is blamed and nothing lands. What was lost is repeated at once, what failed is
 * repeated after a pause, and the target is frozen when pauses do not help.
 */
export function* failInfrastructure(
  target: TargetState,
  what: string,
  detail: string,
  isLost: boolean,
  now: number,
): Generator<QueueEvent> {
  const before = target.troubles.get(what)
  const place = { target: target.name, what, detail }
  if (isLost && (before?.lost ?? 0) < lostAtMost) {
    yield { type: 'infrastructure.failed', ...place, isLost: true }
    return
  }
  const pauseMs = pausesMs[before?.count ?? 0]
  if (pauseMs === undefined) {
    const because = { reason: 'infrastructure', detail: `${what}: ${detail}` } as const
    yield { type: 'target.frozen', target: target.name, because }
    return
  }
  yield { type: 'infrastructure.failed', ...place, isLost: false, retryAt: now + pauseMs }
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
