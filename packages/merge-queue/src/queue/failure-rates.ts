import { failureRateOf, flakeRateOf } from '../estimate/statistics.ts'
import type { EntryState, QueueState } from './queue-state.ts'

/** How likely the entry is to be the reason for a failure. */
export function entryFailureRate(state: QueueState, { rejections }: EntryState): number {
  return failureRateOf(state.statistics, rejections > 0)
}

/** How likely some of the checks is to fail though nothing is wrong. */
export function trialFlakeRate(state: QueueState, checks: readonly string[]): number {
  let steady = 1
  for (const check of checks) steady *= 1 - flakeRateOf(state.checks.get(check))
  return 1 - steady
}
