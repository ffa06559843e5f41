import { learnEnd, learnWait } from '../estimate/statistics.ts'
import { forgetCandidates } from './forget-candidates.ts'
import { entryOf, targetOf } from './look-up.ts'
import type { EntryProblem } from './queue-effect.ts'
import type { QueueEvent } from './queue-event.ts'
import type { EntrySpec } from './queue-spec.ts'
import type { EntryPhase, EntryState, QueueState, TargetState } from './queue-state.ts'
import { isLive } from './entry-order.ts'

type EntryEvent = Extract<
  QueueEvent,
  {
    readonly type:
      | 'landing.queued'
      | 'landing.updated'
      | 'landing.requeued'
      | 'landing.relevelled'
      | 'landing.jumped'
      | 'landing.approved'
      | 'conflict.predicted'
      | 'landing.emptied'
      | 'landing.conflicted'
      | 'landing.rejected'
      | 'landing.diagnosed'
      | 'landing.cancelled'
      | 'landing.reverted'
      | 'escalation.raised'
      | 'escalation.resolved'
  }
>

/** So many entries that ended are kept: repeating one of them is still repeating, and others may come after it. */
const rememberedEntries = 2_000

/** Takes in what happened to an entry. */
export function evolveEntry(state: QueueState, event: EntryEvent, at: number): void {
  if (event.type === 'landing.queued') return queue(state, event, at)
  const entry = entryOf(state, event.entryId)
  const target = targetOf(state, entry.spec.target)
  if (
    event.type === 'landing.updated' ||
    event.type === 'landing.requeued' ||
    event.type === 'landing.cancelled'
  ) {
    if (entry.spec.kind === 'person') target.freezes.delete('person-failed')
  }
  entry.updatedAt = at
  target.lines = undefined
  switch (event.type) {
    case 'landing.updated': {
      const { base: _base, ...spec } = entry.spec
      const { commit, base } = event
      entry.spec = { ...spec, commit, ...(base === undefined ? {} : { base }) }
      entry.revision++
      return requeue(state, target, entry, at)
    }
    case 'landing.requeued':
      return requeue(state, target, entry, at)
    case 'landing.jumped':
    case 'landing.relevelled':
      entry.level = event.level
      // Who stands before whom has changed, so what was predicted has to be predicted again.
      for (const other of target.live) other.parkedBehind = undefined
      return
    case 'landing.approved':
      entry.isApproved = true
      return
    case 'conflict.predicted':
      entry.parkedBehind = { entryId: event.with, conflicts: event.conflicts }
      entry.phase = { state: 'QUEUED' }
      return strand(state, entry.id)
    case 'landing.emptied': {
      const { commit } = event
      return end(state, target, entry, { state: 'MERGED', at, commit, onto: commit }, at)
    }
    case 'landing.conflicted': {
      const { conflicts } = event
      const problem: EntryProblem = {
        reason: 'conflicted',
        conflicts,
        ...(event.with === undefined ? {} : { with: event.with }),
      }
      return end(state, target, entry, { state: 'CONFLICTED', at, problem }, at)
    }
    case 'landing.rejected':
      learnEnd(state.statistics, true, entry.rejections > 0)
      entry.rejections++
      diagnose(state, entry, event)
      forgetFailures(state, target, entry)
      return end(state, target, entry, { state: 'FAILED', at, problem: event.problem }, at)
    case 'landing.diagnosed':
      state.diagnoses.delete(entry.id)
      return together(entry, event.together)
    case 'landing.cancelled':
      state.escalations.delete(entry.id)
      state.diagnoses.delete(entry.id)
      return end(state, target, entry, { state: 'CANCELLED', at, because: event.because }, at)
    case 'landing.reverted':
      if (entry.phase.state === 'MERGED') entry.phase = { ...entry.phase, revertedBy: event.revertId }
      return
    case 'escalation.raised': {
      const { escalation, problem } = event
      entry.escalation = escalation
      state.escalations.set(entry.id, { escalation, problem })
      return
    }
    case 'escalation.resolved':
      state.escalations.delete(entry.id)
      return
  }
}

function queue(
  state: QueueState,
  { entry: spec, level, expected }: Extract<EntryEvent, { type: 'landing.queued' }>,
  at: number,
): void {
  const entry = newEntry(spec, level, ++state.lastOrder, at)
  entry.expected = expected
  state.entries.set(spec.id, entry)
  const target = targetOf(state, spec.target)
  target.live.add(entry)
  target.lines = undefined
  forgetEntries(state)
}

function newEntry(spec: EntrySpec, level: number, order: number, at: number): EntryState {
  return {
    id: spec.id,
    spec,
    addedCommit: spec.commit,
    revision: 1,
    phase: { state: 'QUEUED' },
    level,
    order,
    queuedAt: at,
    updatedAt: at,
    isApproved: false,
    parkedBehind: undefined,
    checkedOn: undefined,
    rejections: 0,
    escalation: 0,
    suspectedBehind: undefined,
    expected: undefined,
  }
}

/** In the queue anew: behind those of its level, and to be looked at as if it had just come. */
function requeue(state: QueueState, target: TargetState, entry: EntryState, at: number): void {
  state.escalations.delete(entry.id)
  state.diagnoses.delete(entry.id)
  for (const other of target.live)
    if (other.parkedBehind?.entryId === entry.id) other.parkedBehind = undefined
  // One that is merely updated keeps its place.
  if (!isLive(entry)) {
    entry.order = ++state.lastOrder
    entry.queuedAt = at
    entry.expected = undefined
  }
  entry.phase = { state: 'QUEUED' }
  entry.parkedBehind = undefined
  entry.checkedOn = undefined
  entry.suspectedBehind = undefined
  entry.isApproved = false
  target.live.add(entry)
  forgetCandidates(state, target)
}

/** Out of the queue; whoever waited for its fate is looked at again. */
export function end(
  state: QueueState,
  target: TargetState,
  entry: EntryState,
  phase: EntryPhase,
  at: number,
): void {
  const { expected } = entry
  if (phase.state !== 'CANCELLED' && expected !== undefined && expected.ms > 0)
    learnWait(state.statistics, (at - entry.queuedAt) / expected.ms, expected.risk, expected.told)
  entry.phase = phase
  entry.updatedAt = at
  entry.parkedBehind = undefined
  target.live.delete(entry)
  target.forks.delete(entry.id)
  target.lines = undefined
  for (const other of target.live)
    if (other.parkedBehind?.entryId === entry.id) other.parkedBehind = undefined
  // One of another target may come after it.
  for (const other of state.targets.values()) other.lines = undefined
  if (phase.state === 'MERGED') return
  forgetCandidates(state, target)
  strand(state, entry.id)
}

/** Whoever comes after one that is out of its line, through any number, is checked no more. */
function strand(state: QueueState, out: string): void {
  for (const { live } of state.targets.values()) {
    for (const entry of live) {
      if (!entry.spec.after.includes(out)) continue
      if (entry.phase.state === 'CHECKING') entry.phase = { state: 'QUEUED' }
      entry.checkedOn = undefined
      strand(state, entry.id)
    }
  }
}

/** The failures have served: should it be tried again, its checks are run again. */
function forgetFailures(state: QueueState, target: TargetState, entry: EntryState): void {
  for (const candidate of target.candidates.values()) {
    if (candidate.entryId !== entry.id || !candidate.isBuilt) continue
    for (const key of Object.values(candidate.keys)) {
      if (state.results.get(key)?.passes === 0) state.results.delete(key)
    }
  }
}

/** It failed behind others: whether it fails alone is asked while slots are idle. */
function diagnose(
  state: QueueState,
  entry: EntryState,
  { problem, diagnoseUntil }: Extract<EntryEvent, { type: 'landing.rejected' }>,
): void {
  const suspicion = entry.suspectedBehind
  if (diagnoseUntil === undefined || suspicion === undefined || problem.reason !== 'check-failed') return
  const checks = problem.checks.map(({ name }) => name)
  const { target } = entry.spec
  state.diagnoses.set(entry.id, { entryId: entry.id, target, suspicion, checks, until: diagnoseUntil })
}

function together(entry: EntryState, others: readonly string[] | undefined): void {
  const { phase } = entry
  if (phase.state !== 'FAILED' || phase.problem.reason !== 'check-failed' || others === undefined) return
  entry.phase = { ...phase, problem: { ...phase.problem, together: others } }
}

/** Forgets what ended longest ago, but never what somebody waits for. */
function forgetEntries(state: QueueState): void {
  if (state.entries.size <= rememberedEntries) return
  const awaited = new Set<string>()
  let ended = 0
  for (const entry of state.entries.values()) {
    if (isLive(entry)) for (const id of entry.spec.after) awaited.add(id)
    else ended++
  }
  for (const [id, entry] of state.entries) {
    if (ended <= rememberedEntries * 0.9) return
    if (isLive(entry) || awaited.has(id) || state.escalations.has(id) || state.diagnoses.has(id)) continue
    if (state.afterwards.some(({ entryId }) => entryId === id)) continue
    state.entries.delete(id)
    ended--
  }
}
