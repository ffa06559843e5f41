import { orderedEntries } from '../queue/entry-order.ts'
import { entryFailureRate, trialFlakeRate } from '../queue/failure-rates.ts'
import { linesOf } from '../queue/lines.ts'
import type { EntrySpec } from '../queue/queue-spec.ts'
import type { EntryState, QueueState, TargetState } from '../queue/queue-state.ts'
import { judge } from '../queue/verdict.ts'
import { durationOf, failureRateOf } from './statistics.ts'

/** How long an entry will take, and how much may go wrong meanwhile. */
export interface ExpectedWait {
  readonly ms: number
  /** How many failures are expected among what it is tested with. */
  readonly risk: number
}

/**
 * How long an entry that is queued now, or waits already, will take. It is a sketch: until a trial begins that it is
 * part of, that trial, and what failures before it cost. How far such sketches are off is learned.
 */
export function expectedWait(
  state: QueueState,
  spec: EntrySpec,
  now: number,
  entry?: EntryState,
): ExpectedWait {
  const target = state.targets.get(spec.target)
  let trialMs = 0
  for (const check of spec.checks) trialMs = Math.max(trialMs, durationOf(state.checks.get(check)))
  const own = entry === undefined ? failureRateOf(state.statistics, false) : entryFailureRate(state, entry)
  const flakes = trialFlakeRate(state, spec.checks)
  if (target === undefined) return { ms: trialMs, risk: own + flakes }
  const ahead = entriesAhead(state, target, entry)
  const { slots, maxBatch } = state.settings
  let risk = own + flakes
  for (const other of ahead) risk += entryFailureRate(state, other)
  const until = untilTrialEnds(state, target, entry, trialMs, now)
  const batches = Math.floor(ahead.length / maxBatch)
  // A failure ahead costs half a trial where each entry has a slot, and a search where one slot serves many.
  const perFailure = 0.5 + Math.log2(1 + ahead.length / slots)
  return {
    ms: until + trialMs * (batches + (risk - own) * perFailure) + searchMs(state, target, trialMs),
    risk,
  }
}

function entriesAhead(
  state: QueueState,
  target: TargetState,
  entry: EntryState | undefined,
): readonly EntryState[] {
  if (entry === undefined) return [...target.live]
  const ordered = orderedEntries(state, target)
  return ordered.slice(0, Math.max(0, ordered.indexOf(entry)))
}

/** Until the shortest trial that holds the entry ends, or one that could begin when the first slot is free. */
function untilTrialEnds(
  state: QueueState,
  { name }: TargetState,
  entry: EntryState | undefined,
  trialMs: number,
  now: number,
): number {
  let covered = Infinity
  let freed = Infinity
  for (const { target, entryIds, startedAt } of state.runs.values()) {
    // What takes longer than it usually does will probably take a while more.
    const left = Math.max(trialMs - (now - startedAt), trialMs * 0.1)
    freed = Math.min(freed, left)
    if (entry !== undefined && target === name && entryIds.includes(entry.id))
      covered = Math.min(covered, left)
  }
  if (covered !== Infinity) return covered
  return (state.runs.size < state.settings.slots ? 0 : freed) + trialMs
}

/** What it still takes to find out who of a failed prefix is bad. */
function searchMs(state: QueueState, target: TargetState, trialMs: number): number {
  let ms = 0
  for (const line of linesOf(state, target)) {
    const { good, failed } = judge(state, line)
    const [bad] = failed
    if (bad !== undefined && bad > good + 1)
      ms = Math.max(ms, (trialMs * Math.log(bad - good)) / Math.log(state.settings.slots + 1))
  }
  return ms
}
