import { close, requestLanding } from './decide-workstream.ts'
import type { RunEvent } from './run-event.ts'
import type { LandingOutcome, OfLanding, RunInput } from './run-input.ts'
import type { LandingState, RunMachineState, WorkstreamState } from './run-state.ts'

type Ended = Extract<RunInput, { type: 'landing.ended' }>
type Held = Extract<RunInput, { type: 'landing.held' }>

/** A landing's outcome. One past its intent lands even where it was asked back: its outcome wins. */
export function* endLanding(state: RunMachineState, input: Ended): Generator<RunEvent> {
  const found = present(state, input)
  if (found === undefined) return
  const [workstream, landing] = found
  const { runId, workstreamId, round, attempt, outcome } = input
  yield { type: 'landing.settled', runId, workstreamId, round, attempt, outcome }
  if (!landing.isWithdrawing || outcome.kind === 'landed') return yield* follow(state, workstream, outcome)
  if (outcome.kind !== 'lost') {
    return yield* close(state, workstream, {
      type: 'workstream.failed',
      runId,
      workstreamId,
      reason: 'cancelled',
    })
  }
  // Whether it passed its intent is not known: ask again, and ask it back again.
  yield* requestLanding(state, workstream)
  yield { type: 'landing.withdrawing', runId, workstreamId, round, attempt: attempt + 1 }
}

function* follow(
  state: RunMachineState,
  workstream: WorkstreamState,
  outcome: LandingOutcome,
): Generator<RunEvent> {
  const place = { runId: workstream.run.id, workstreamId: workstream.spec.id }
  switch (outcome.kind) {
    case 'landed':
      return yield* close(state, workstream, {
        type: 'workstream.completed',
        ...place,
        commit: outcome.commit,
      })
    case 'conflicted':
    case 'rejected':
    case 'infrastructure':
      return yield* close(state, workstream, { type: 'workstream.failed', ...place, reason: outcome.kind })
    case 'breached':
      return yield* close(state, workstream, { type: 'workstream.quarantined', ...place, reason: 'landing' })
    // The queue knows a landing by its key, so asking again for one that was done finds it done.
    case 'withdrawn':
    case 'lost':
      return yield* requestLanding(state, workstream)
  }
}

/** The queue waits for a person's approval. */
export function* holdLanding(state: RunMachineState, input: Held): Generator<RunEvent> {
  const found = present(state, input)
  if (found === undefined || found[1].isHeld || found[1].isApproved) return
  const { runId, workstreamId, round, attempt, by } = input
  yield { type: 'landing.held', runId, workstreamId, round, attempt, by }
}

function present(
  state: RunMachineState,
  { runId, workstreamId, round, attempt }: OfLanding,
): [WorkstreamState, LandingState] | undefined {
  const workstream = state.runs.get(runId)?.workstreams.get(workstreamId)
  if (workstream?.phase.state !== 'RUNNING' || workstream.phase.stage !== 'landing') return undefined
  const { landing } = workstream.phase
  return workstream.round === round && landing.attempt === attempt ? [workstream, landing] : undefined
}
