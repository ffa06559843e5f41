import { landingKey } from './run-effect.ts'
import type { LandingEffect } from './run-effect.ts'
import type { RunEvent } from './run-event.ts'
import type { LandingState, RunMachineState, WorkstreamPhase, WorkstreamState } from './run-state.ts'
import { isClosed, isTerminal, openBases, roundTasks } from './run-state.ts'
import { effectiveLevel } from './task-order.ts'

export type WorkstreamEvent = Extract<RunEvent, { readonly workstreamId: string }>

/** Takes what happened to a workstream, its claims or its landing into the state. */
export function evolveWorkstream(state: RunMachineState, event: WorkstreamEvent): void {
  const workstream = state.runs.get(event.runId)?.workstreams.get(event.workstreamId)
  if (workstream === undefined) return
  switch (event.type) {
    case 'workstream.started':
      workstream.isStarted = true
      takeOver(state, workstream, event.bases)
      state.awaitingClaims.delete(workstream)
      setWorkstreamPhase(state, workstream, { state: 'RUNNING', stage: 'working' })
      return state.ready.refresh(workstream)
    case 'workstream.completed':
      return setWorkstreamPhase(state, workstream, { state: 'COMPLETED', commit: event.commit })
    case 'workstream.failed':
      return setWorkstreamPhase(state, workstream, { state: 'FAILED', reason: event.reason })
    case 'workstream.quarantined':
      return setWorkstreamPhase(state, workstream, { state: 'QUARANTINED', reason: event.reason })
    case 'workstream.reopened':
      return reopen(state, workstream, event.round)
    case 'workstream.released':
      return reopen(state, workstream, workstream.round)
    case 'workstream.stranded':
      return strand(state, workstream, event.base)
    case 'workstream.unstranded':
      return strand(state, workstream, undefined)
    case 'claim.granted':
      state.claims.take(workstream.key, event.claims)
      watchOrder(state, workstream)
      return requeueOrderBlocked(state)
    case 'claim.blocked':
      return block(state, workstream, event)
    case 'claim.released':
      return release(state, workstream)
    case 'landing.requested': {
      const { attempt } = event
      workstream.landingAttempt = attempt
      const landing = { attempt, isHeld: false, isApproved: false, isWithdrawing: false }
      return setWorkstreamPhase(state, workstream, { state: 'RUNNING', stage: 'landing', landing })
    }
    case 'landing.held':
      return changeLanding(state, workstream, { isHeld: true })
    case 'landing.approved':
      return changeLanding(state, workstream, { isHeld: false, isApproved: true })
    case 'landing.withdrawing':
      return changeLanding(state, workstream, { isWithdrawing: true })
    case 'landing.settled':
      return setWorkstreamPhase(state, workstream, { state: 'RUNNING', stage: 'working' })
  }
}

/** The one place where a workstream changes its phase: counts, effects and those who wait follow. */
function setWorkstreamPhase(
  state: RunMachineState,
  workstream: WorkstreamState,
  phase: WorkstreamPhase,
): void {
  const { run } = workstream
  const before = workstream.phase
  const wasClosed = isClosed(workstream)
  if (before.state === 'RUNNING' && before.stage === 'landing') {
    state.wanted.delete(landingKey(landingOf(workstream, before.landing)))
    run.landing.delete(workstream)
    run.held.delete(workstream)
    addLanding(state, run.id, -1)
  }
  workstream.phase = phase
  run.open += Number(wasClosed) - Number(isClosed(workstream))
  resumeLanding(state, workstream)
  const landed = Number(phase.state === 'COMPLETED') - Number(before.state === 'COMPLETED')
  if (landed !== 0) for (const task of workstream.awaited) task.unmet -= landed
  if (phase.state !== before.state || phase.state === 'FAILED') requeueOrderBlocked(state)
  if (isClosed(workstream)) {
    state.claims.forget(workstream.key)
    state.ready.unpark(workstream.key)
    workstream.strandedBy = undefined
    run.stranded.delete(workstream)
    state.awaitingClaims.delete(workstream)
  }
  if (!isClosed(workstream)) return
  for (const next of [...workstream.after, ...workstream.heirs]) {
    watchOrder(state, next)
    wantLanding(state, next)
  }
}

/** Counts a workstream that is landing, and wants it landed. */
export function resumeLanding(state: RunMachineState, workstream: WorkstreamState): void {
  const { phase, run } = workstream
  if (phase.state !== 'RUNNING' || phase.stage !== 'landing') return
  wantLanding(state, workstream)
  run.landing.add(workstream)
  if (phase.landing.isHeld) run.held.add(workstream)
  addLanding(state, run.id, 1)
}

function changeLanding(
  state: RunMachineState,
  workstream: WorkstreamState,
  change: Partial<LandingState>,
): void {
  const { phase } = workstream
  if (phase.state !== 'RUNNING' || phase.stage !== 'landing') return
  setWorkstreamPhase(state, workstream, { ...phase, landing: { ...phase.landing, ...change } })
}

/** A stranded workstream's landing is not wanted: it is never tested without what it builds on. */
function wantLanding(state: RunMachineState, workstream: WorkstreamState): void {
  const { phase } = workstream
  if (phase.state !== 'RUNNING' || phase.stage !== 'landing') return
  const place = landingOf(workstream, phase.landing)
  const { isApproved, isWithdrawing } = phase.landing
  const after = openBases(workstream).map(({ key }) => key)
  const level = workstream.inheritedLevel ?? workstream.spec.priority
  const effect: LandingEffect = { kind: 'land', ...place, level, after, isApproved, isWithdrawing }
  if (workstream.strandedBy !== undefined && !isWithdrawing) state.wanted.delete(landingKey(place))
  else state.wanted.set(landingKey(place), effect)
}

function landingOf({ run, spec, round }: WorkstreamState, { attempt }: LandingState) {
  return { runId: run.id, workstreamId: spec.id, round, attempt }
}

function addLanding(state: RunMachineState, runId: string, by: 1 | -1): void {
  for (const name of ['landing', `${runId}:landing`]) state.used.set(name, (state.used.get(name) ?? 0) + by)
  if (by < 0) state.ready.unpark('landing')
}

function reopen(state: RunMachineState, workstream: WorkstreamState, round: number): void {
  if (round !== workstream.round) {
    workstream.hasCommits = false
    workstream.landingAttempt = 0
  }
  workstream.round = round
  workstream.isStarted = false
  workstream.unfinished = roundTasks(workstream).filter((task) => !isTerminal(task)).length
  setWorkstreamPhase(state, workstream, { state: 'PENDING' })
  if (workstream.unfinished === 0) state.awaitingClaims.add(workstream)
}

function strand(state: RunMachineState, workstream: WorkstreamState, base: string | undefined): void {
  workstream.strandedBy = base
  if (base === undefined) workstream.run.stranded.delete(workstream)
  else workstream.run.stranded.add(workstream)
  for (const task of workstream.tasks) {
    if (task.phase.state !== 'READY') continue
    state.ready.remove(task)
    if (base === undefined) state.ready.add(task)
  }
  reground(state, workstream)
}

/** Keeps what it builds on though it needs nothing of it. */
function takeOver(state: RunMachineState, workstream: WorkstreamState, bases: readonly string[]): void {
  workstream.tookOver.clear()
  for (const key of bases) {
    const base = findWorkstream(state, key)
    if (base === undefined || workstream.before.has(base)) continue
    workstream.tookOver.add(base)
    base.heirs.add(workstream)
  }
}

type BlockedEvent = Extract<RunEvent, { type: 'claim.blocked' }>

/** Parks what is blocked. All that waits for the sake of order, or for a landing, waits in one line: what frees one may free any. */
function block(state: RunMachineState, workstream: WorkstreamState, { holder, why }: BlockedEvent): void {
  let level = Number.POSITIVE_INFINITY
  for (const task of workstream.tasks) {
    if (!state.ready.has(task)) continue
    level = Math.min(level, effectiveLevel(task))
    state.ready.park(task, why === 'order' || why === 'landing' ? why : holder)
  }
  if (level === Number.POSITIVE_INFINITY) level = workstream.spec.priority
  if (why === 'order') {
    state.orderBlocked.add(workstream)
    return
  }
  if (why === 'landing') return
  state.claims.wait(workstream.key, workstream.spec.claims, holder, level)
  if (why === 'held') inheritLevel(state, holder, level)
}

function requeueOrderBlocked(state: RunMachineState): void {
  if (state.orderBlocked.size === 0) return
  state.orderBlocked.clear()
  state.ready.unpark('order')
}

function release(state: RunMachineState, workstream: WorkstreamState): void {
  state.claims.release(workstream.key)
  state.claims.forget(workstream.key)
  workstream.inheritedLevel = undefined
  state.ready.unpark(workstream.key)
  state.openHolders.delete(workstream)
  requeueOrderBlocked(state)
}

/** Keeps the set of holders that build on something which has not landed. */
function watchOrder(state: RunMachineState, workstream: WorkstreamState): void {
  if (openBases(workstream).length > 0 && state.claims.holds(workstream.key))
    state.openHolders.add(workstream)
  else if (state.openHolders.delete(workstream)) requeueOrderBlocked(state)
}

/** Takes in that a workstream builds on other workstreams than before. */
export function reground(state: RunMachineState, workstream: WorkstreamState): void {
  if (workstream.before.size === 0) return
  watchOrder(state, workstream)
  wantLanding(state, workstream)
  requeueOrderBlocked(state)
}

/** Makes a holder at least as urgent as one who waits for it. */
export function inheritLevel(state: RunMachineState, holder: string, level: number): void {
  const workstream = findWorkstream(state, holder)
  if (workstream === undefined || (workstream.inheritedLevel ?? Number.POSITIVE_INFINITY) <= level) return
  workstream.inheritedLevel = level
  state.ready.refresh(workstream)
  wantLanding(state, workstream)
}

export function findWorkstream(state: RunMachineState, key: string): WorkstreamState | undefined {
  const cut = key.indexOf('/')
  return state.runs.get(key.slice(0, cut))?.workstreams.get(key.slice(cut + 1))
}
