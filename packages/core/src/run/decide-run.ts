import { noItems } from './appended.ts'
import { openBases } from './bases.ts'
import { hasHost } from './choice.ts'
import { findWorkstream } from './find-workstream.ts'
import type { PersonWait, RunEvent, StateCounts } from './run-event.ts'
import type { RunMachineState, RunState } from './run-state.ts'
import { landingStateOf } from './run-state.ts'

/** Pauses whose cause is gone, before anything starts: what is paused starts nothing. */
export function liftPauses(state: RunMachineState): Iterable<RunEvent> {
  for (const { pauses } of state.runs.values()) if (pauses.size > 0) return lift(state)
  return noItems
}

function* lift(state: RunMachineState): Generator<RunEvent> {
  for (const run of state.runs.values()) {
    if (run.pauses.has('budget') && hasMoney(state, run)) {
      yield { type: 'run.resumed', runId: run.id, reason: 'budget' }
    }
    if (run.pauses.has('disk') && !state.isDiskLow)
      yield { type: 'run.resumed', runId: run.id, reason: 'disk' }
  }
}

/** Whether nothing of the run waits for money any more. */
function hasMoney(state: RunMachineState, run: RunState): boolean {
  if (state.budgets.isStopped(`run/${run.id}`)) return false
  for (const scope of state.ready.scopes()) {
    for (const task of state.ready.unfunded(scope)) if (task.run === run) return false
  }
  return true
}

/** Runs that can end do; runs in which nothing can move by itself say what they wait for. */
export function* settleRuns(state: RunMachineState): Generator<RunEvent> {
  for (const run of state.runs.values()) {
    if (run.status !== 'RUNNING' && run.status !== 'PAUSED') continue
    if (run.open === 0) yield endOf(run)
    else yield* settlePauses(state, run)
  }
}

function endOf(run: RunState): RunEvent {
  const counts = countWorkstreams(run)
  const isComplete = counts.failed + counts.quarantined === 0
  if (isComplete) return { type: 'run.completed', runId: run.id, counts }
  if (run.cancelledBecause === 'asked') return { type: 'run.cancelled', runId: run.id, counts }
  return { type: 'run.failed', runId: run.id, counts }
}

function countWorkstreams(run: RunState): StateCounts {
  const counts = { completed: 0, failed: 0, quarantined: 0 }
  for (const { phase } of run.workstreams.values()) {
    if (phase.state === 'COMPLETED') counts.completed++
    else if (phase.state === 'FAILED') counts.failed++
    else counts.quarantined++
  }
  return counts
}

function* settlePauses(state: RunMachineState, run: RunState): Generator<RunEvent> {
  if (state.isDiskLow && !run.pauses.has('disk')) yield { type: 'run.paused', runId: run.id, reason: 'disk' }
  if (isMoving(run)) {
    for (const reason of ['needs-person', 'no-host'] as const) {
      if (run.pauses.has(reason)) yield { type: 'run.resumed', runId: run.id, reason }
    }
    return
  }
  const stuck = survey(state, run)
  if (stuck.hasNoHost !== run.pauses.has('no-host')) {
    yield { type: stuck.hasNoHost ? 'run.paused' : 'run.resumed', runId: run.id, reason: 'no-host' }
  }
  if (stuck.isUnfunded && !run.pauses.has('budget'))
    yield { type: 'run.paused', runId: run.id, reason: 'budget' }
  const waits = stuck.couldMove ? [] : personWaits(run)
  if (waits.length === 0) {
    if (run.pauses.has('needs-person')) yield { type: 'run.resumed', runId: run.id, reason: 'needs-person' }
  } else if (!run.pauses.has('needs-person') || !sameWaits(run.waits, waits)) {
    yield { type: 'run.paused', runId: run.id, reason: 'needs-person', waits }
  }
}

/** Whether something goes on that needs nobody: attempts, retries to come, landings that wait for nothing else. */
export function isMoving(run: RunState): boolean {
  if (run.running > 0 || run.retrying > 0) return true
  for (const workstream of run.landing) {
    const { strandedBy } = workstream
    const { isHeld, isWithdrawing } = landingStateOf(workstream)
    if (isWithdrawing) return true
    if (!isHeld && strandedBy === undefined && openBases(workstream).length === 0) return true
  }
  return false
}

/** Why ready tasks of a run that stands still do not start. */
function survey(
  state: RunMachineState,
  run: RunState,
): { hasNoHost: boolean; isUnfunded: boolean; couldMove: boolean } {
  let hasNoHost = false
  for (const cls of state.ready.classes(run)) if (!hasHost(state, cls.sample)) hasNoHost = true
  return { hasNoHost, isUnfunded: isUnfunded(state, run), couldMove: !hasNoHost && couldMove(state, run) }
}

/**
 * Whether anything may go on in a run that stands still without a person doing something for it: something that is
 * offered, or waits behind another run, or to land after it, that moves, or that could. Runs that wait for one another
 * do not.
 */
function couldMove(state: RunMachineState, run: RunState): boolean {
  const seen = new Set([run])
  for (const next of seen) {
    if (next !== run && isMoving(next)) return true
    for (const { head } of state.ready.classes(next)) if (head !== undefined) return true
    for (const holder of state.ready.blockersOf(next)) {
      // Those in line for the sake of order, or for a landing, have no holder; its own stand still as it does.
      const other = findWorkstream(state, holder)
      if (other !== undefined) seen.add(other.run)
    }
    for (const workstream of next.landing) for (const base of openBases(workstream)) seen.add(base.run)
  }
  return false
}

/** Whether tasks wait for money of which nothing will be given back. */
function isUnfunded(state: RunMachineState, run: RunState): boolean {
  for (const scope of state.ready.scopes()) {
    if (state.budgets.hasReserved(scope)) continue
    for (const task of state.ready.unfunded(scope)) if (task.run === run) return true
  }
  return false
}

function personWaits(run: RunState): readonly PersonWait[] {
  const waits: PersonWait[] = []
  for (const { id } of run.persons) waits.push({ id, waitsFor: 'done' })
  for (const { spec } of run.held) waits.push({ id: spec.id, waitsFor: 'approve' })
  for (const { strandedBy } of run.stranded) {
    const id = strandedBy!.slice(run.id.length + 1)
    if (!waits.some((wait) => wait.id === id)) waits.push({ id, waitsFor: 'release' })
  }
  return waits.sort((a, b) => (a.id < b.id ? -1 : 1))
}

function sameWaits(a: readonly PersonWait[], b: readonly PersonWait[]): boolean {
  return (
    a.length === b.length && a.every((wait, i) => wait.id === b[i]?.id && wait.waitsFor === b[i].waitsFor)
  )
}
