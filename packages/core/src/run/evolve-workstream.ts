import { appended, noItems } from './appended.ts'
import {
  block,
  forgetWaiting,
  grant,
  regroundHolders,
  release,
  requeueOrderBlocked,
  watchOrder,
} from './evolve-claims.ts'
import { endLanding, resumeLanding, wantLanding } from './evolve-landing.ts'
import { findWorkstreamOf } from './find-task.ts'
import { findWorkstream } from './find-workstream.ts'
import type { RunEvent } from './run-event.ts'
import type { LandingState, RunMachineState, WorkstreamPhase, WorkstreamState } from './run-state.ts'
import { isClosed, isTerminal, roundTasks } from './run-state.ts'

export type WorkstreamEvent = Extract<RunEvent, { readonly workstreamId: string }>

const working: WorkstreamPhase = { state: 'RUNNING', stage: 'working' }

/** Takes what happened to a workstream, its claims or its landing into the state. */
export function evolveWorkstream(state: RunMachineState, event: WorkstreamEvent): void {
  const workstream = findWorkstreamOf(state, event)
  if (workstream === undefined) return
  switch (event.type) {
    case 'workstream.started':
      workstream.isStarted = true
      takeOver(state, workstream, event.bases)
      state.awaitingClaims.delete(workstream)
      setWorkstreamPhase(state, workstream, working)
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
      grant(state, workstream, event.claims)
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
      return setWorkstreamPhase(state, workstream, working)
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
  if (before.state === 'RUNNING' && before.stage === 'landing') endLanding(state, workstream, before.landing)
  workstream.phase = phase
  run.open += Number(wasClosed) - Number(isClosed(workstream))
  resumeLanding(state, workstream)
  const landed = Number(phase.state === 'COMPLETED') - Number(before.state === 'COMPLETED')
  if (landed !== 0) for (const task of workstream.awaited) task.unmet -= landed
  if (phase.state !== before.state || phase.state === 'FAILED') requeueOrderBlocked(state)
  if (isClosed(workstream)) {
    forgetWaiting(state, workstream)
    state.ready.unpark(workstream.key)
    workstream.strandedBy = undefined
    run.stranded.delete(workstream)
    state.awaitingClaims.delete(workstream)
  }
  if (!isClosed(workstream)) return
  const { after, heirs } = workstream
  // Whatever becomes of it later, what they took over has landed, or was lost and is no base any more.
  for (const heir of heirs) heir.tookOver = heir.tookOver.filter((base) => base !== workstream)
  workstream.heirs = noItems
  for (const next of after) regroundLanding(state, next)
  for (const heir of heirs) regroundLanding(state, heir)
}

function regroundLanding(state: RunMachineState, workstream: WorkstreamState): void {
  watchOrder(state, workstream)
  wantLanding(state, workstream)
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
  regroundHolders(state)
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
  for (const base of workstream.tookOver) base.heirs = base.heirs.filter((heir) => heir !== workstream)
  workstream.tookOver = noItems
  for (const key of bases) {
    const base = findWorkstream(state, key)
    if (base === undefined || workstream.before.includes(base)) continue
    workstream.tookOver = appended(workstream.tookOver, base)
    base.heirs = appended(base.heirs, workstream)
  }
}

/** Takes in that a workstream builds on other workstreams than before. */
export function reground(state: RunMachineState, workstream: WorkstreamState): void {
  if (workstream.before.length === 0) return
  watchOrder(state, workstream)
  wantLanding(state, workstream)
  requeueOrderBlocked(state)
}
