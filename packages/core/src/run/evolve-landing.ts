import { openBases } from './bases.ts'
import { findWorkstream } from './find-workstream.ts'
import { landingKey } from './run-effect.ts'
import type { LandingEffect } from './run-effect.ts'
import type { LandingState, RunMachineState, RunState, WorkstreamState } from './run-state.ts'

/** Counts a workstream that is landing, and wants it landed. */
export function resumeLanding(state: RunMachineState, workstream: WorkstreamState): void {
  const { phase, run } = workstream
  if (phase.state !== 'RUNNING' || phase.stage !== 'landing') return
  wantLanding(state, workstream)
  run.landing.add(workstream)
  if (phase.landing.isHeld) run.held.add(workstream)
  addLanding(state, run, 1)
}

/** A workstream that was landing is so no more. */
export function endLanding(state: RunMachineState, workstream: WorkstreamState, landing: LandingState): void {
  const { run } = workstream
  state.wanted.delete(landingKey(landingOf(workstream, landing)))
  run.landing.delete(workstream)
  run.held.delete(workstream)
  addLanding(state, run, -1)
}

/** A stranded workstream's landing is not wanted: it is never tested without what it builds on. */
export function wantLanding(state: RunMachineState, workstream: WorkstreamState): void {
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

function addLanding(state: RunMachineState, run: RunState, by: 1 | -1): void {
  for (const { meters } of [state, run]) meters.of('landing').used += by
  if (by < 0) state.ready.unpark('landing')
}

/** Makes a holder at least as urgent as one who waits for it. */
export function inheritLevel(state: RunMachineState, holder: string, level: number): void {
  const workstream = findWorkstream(state, holder)
  if (workstream === undefined || (workstream.inheritedLevel ?? Number.POSITIVE_INFINITY) <= level) return
  workstream.inheritedLevel = level
  state.ready.refresh(workstream)
  wantLanding(state, workstream)
}
