import type { Line } from './line.ts'
import { allLinesOf } from './lines.ts'
import type { CheckPurpose, QueueEvent } from './queue-event.ts'
import { isLive } from './entry-order.ts'
import type { BuiltCandidate, CheckRunState, EntryState, QueueState, TargetState } from './queue-state.ts'
import { targetOf } from './look-up.ts'
import { subjectOf } from './trouble.ts'
import { keyOf } from './verdict.ts'

/** What a check run is started for. */
export interface CheckWish {
  readonly target: string
  readonly check: string
  readonly candidate: Pick<BuiltCandidate, 'id' | 'commit' | 'tree'>
  readonly key: string
  readonly entryIds: readonly string[]
  readonly purpose: CheckPurpose
}

/** Says that a check run is started. */
export function startRun(state: QueueState, wish: CheckWish): QueueEvent {
  const { target, check, candidate, key, entryIds, purpose } = wish
  const failures = state.results.get(key)?.failures ?? 0
  const { troubles, lost } = targetOf(state, target)
  const repeated = (lost.get(subjectOf(wish)) ?? 0) + (troubles.get(`check/${check}`)?.count ?? 0)
  return {
    type: 'check.started',
    checkRunId: `r${state.lastRun + 1}`,
    target,
    check,
    candidateId: candidate.id,
    commit: candidate.commit,
    tree: candidate.tree,
    key,
    attempt: 1 + failures + repeated,
    entryIds,
    purpose,
  }
}

/** Keys that are being checked now. */
export function runningKeys(state: QueueState): ReadonlyMap<string, CheckRunState> {
  const keys = new Map<string, CheckRunState>()
  for (const run of state.runs.values()) keys.set(`${run.check} ${run.key}`, run)
  return keys
}

/** Ends the check runs whose results would serve nobody any more. */
export function* stopStaleRuns(state: QueueState): Generator<QueueEvent> {
  for (const run of [...state.runs.values()]) {
    const target = state.targets.get(run.target)
    if (target !== undefined && !serves(state, target, run))
      yield { type: 'check.stopped', target: run.target, checkRunId: run.id }
  }
  // Slots may have become fewer: what was started last has got least far.
  for (const run of [...state.runs.values()].slice(state.settings.slots))
    yield { type: 'check.stopped', target: run.target, checkRunId: run.id }
}

function serves(state: QueueState, target: TargetState, run: CheckRunState): boolean {
  if (run.purpose === 'diagnosis') return state.diagnoses.has(run.entryIds[0] ?? '')
  if (run.purpose !== 'required') {
    const isAwaited = state.afterwards.some(({ check, key }) => check === run.check && key === run.key)
    if (isAwaited || run.purpose === 'afterwards') return isAwaited
  }
  // Where nothing can be built for now, it shows later whom a result serves.
  if (target.landed === undefined) return openEntries(state, run).every(isLive)
  return allLinesOf(state, target).some((line) => servesLine(state, line, run))
}

/** A run serves a line that has its key, or may have it once the line is built anew onto a target that moved. */
function servesLine(state: QueueState, line: Line, run: CheckRunState): boolean {
  for (const { candidate, required, advisory } of line.nodes) {
    const isAsked =
      required.includes(run.check) || (run.purpose === 'advisory' && advisory.includes(run.check))
    if (isAsked && keyOf(candidate, run.check) === run.key) return true
  }
  const open = openEntries(state, run)
  if (open.length <= line.nodes.length || line.wants === undefined) return false
  return open.every((entry, i) => line.entries[i] === entry)
}

function openEntries(state: QueueState, { entryIds }: CheckRunState): readonly EntryState[] {
  return entryIds.flatMap((id) => {
    const entry = state.entries.get(id)
    return entry === undefined || entry.phase.state === 'MERGED' ? [] : [entry]
  })
}
