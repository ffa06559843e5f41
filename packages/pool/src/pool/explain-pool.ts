import { type Clock, explainFailure, type Failure, formatDuration, WsError } from '@ws/core'
import type { Slot } from '../slot/slot.ts'
import type { Refusal } from './dispatcher.ts'

/** Why an instance takes no prompts. */
export function unavailable(slot: Slot, clock: Clock): string {
  const last = slot.lastProblem === undefined ? '' : `; the last time it ${slot.lastProblem}`
  const until = slot.place.brokenUntil
  if (until === undefined) return `instance ${slot.index} is not running${last}`
  const rest = formatDuration(Math.max(1_000, Math.ceil((until - clock.monotonic()) / 1_000) * 1_000))
  return `instance ${slot.index} crashed too often and is not started for ${rest}${last}`
}

/** Thrown where a prompt's turn did not come to its end. */
export function turnFailed(tool: string, failure: Failure): WsError {
  return new WsError('WS_TURN_FAILED', `a turn of "${tool}" ${explainFailure(failure)}`, {
    details: { tool, failure },
    hint: 'details.failure says why, as plain data',
  })
}

/** Thrown where a prompt was not taken. */
export function refused(tool: string, refusal: Refusal, slots: readonly Slot[], clock: Clock): WsError {
  const details = { tool }
  switch (refusal) {
    case 'closing':
      return new WsError('WS_POOL_CLOSED', `the cluster of "${tool}" is closed`, {
        details,
        hint: 'launch another one',
      })
    case 'full':
      return new WsError('WS_POOL_FULL', `as many prompts wait for "${tool}" as may`, {
        details,
        hint: 'wait for answers, use map() for batches, or raise maxQueued',
      })
    case 'dead': {
      const [first] = slots
      const detail = first === undefined ? '' : `: ${unavailable(first, clock)}`
      return new WsError('WS_POOL_DOWN', `no instance of "${tool}" takes prompts${detail}`, {
        details,
        hint: 'see what the tool said last, mend it, and call restartInstance()',
      })
    }
  }
}

/** Thrown where no instance came up. */
export function openFailed(tool: string, slots: readonly Slot[]): WsError {
  const problems = [...new Set(slots.flatMap(({ lastProblem }) => lastProblem ?? []))]
  return new WsError('WS_POOL_NOT_READY', `no instance of "${tool}" takes prompts: ${problems.join('; ')}`, {
    details: { tool, problems },
    hint: 'start the tool by hand and see what it says',
  })
}
