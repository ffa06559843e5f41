import type { CommandAnswer } from '../machine/machine.ts'
import { admit } from './decide-admission.ts'
import { endAttempt, freeAttempt, loseHost, meter } from './decide-attempt.ts'
import { act, refuse } from './decide-command.ts'
import { endLanding, holdLanding } from './decide-landing.ts'
import { liftPauses, settleRuns } from './decide-run.ts'
import { ringTimers } from './decide-timer.ts'
import type { RunEvent } from './run-event.ts'
import type { RunCommand, RunInput } from './run-input.ts'
import type { RunMachineState } from './run-state.ts'

/**
 * What an input causes: first what follows from it directly, then whatever became possible starts, then runs
 * that can end or must wait say so. Each event is in the state before the next is asked for.
 */
export function* decide(state: RunMachineState, input: RunInput, now: number): Generator<RunEvent> {
  if (isCommand(input)) {
    if (state.answers.has(input.commandId)) return
    const refusal = refuse(state, input)
    const answer: CommandAnswer = refusal ?? { ok: true }
    yield { type: 'command.answered', commandId: input.commandId, answer }
    if (refusal !== undefined) return
    yield* act(state, input)
  } else {
    yield* take(state, input, now)
  }
  yield* liftPauses(state)
  yield* admit(state, now)
  yield* settleRuns(state)
}

function isCommand(input: RunInput): input is RunCommand {
  return input.commandId !== undefined
}

function* take(
  state: RunMachineState,
  input: Exclude<RunInput, RunCommand>,
  now: number,
): Generator<RunEvent> {
  switch (input.type) {
    case 'attempt.ended':
      return yield* endAttempt(state, input, now)
    case 'attempt.metered':
      return yield* meter(state, input)
    case 'attempt.executed':
      return yield* freeAttempt(state, input)
    case 'landing.ended':
      return yield* endLanding(state, input)
    case 'landing.held':
      return yield* holdLanding(state, input)
    case 'host.joined':
      // Joining again without having left is a new process under an old name: what the old one did is lost.
      if (state.hosts.has(input.hostId)) yield* loseHost(state, input.hostId, now)
      yield { type: 'host.joined', hostId: input.hostId, offers: input.offers }
      return
    case 'host.left':
      if (!state.hosts.has(input.hostId)) return
      yield* loseHost(state, input.hostId, now)
      yield { type: 'host.left', hostId: input.hostId }
      return
    case 'tool.probed': {
      const { tool, health, detail } = input
      const before = state.tools.get(tool)?.health ?? 'healthy'
      if (before === health) return
      if (health === 'healthy') yield { type: 'tool.recovered', tool }
      else yield { type: 'tool.degraded', tool, health, ...(detail === undefined ? {} : { detail }) }
      return
    }
    case 'disk.measured':
      if (input.isLow !== state.isDiskLow) yield { type: 'disk.measured', isLow: input.isLow }
      return
    case 'conflict.predicted':
      if (!state.predictions.has([input.a, input.b].sort().join(' ')))
        yield { ...input, type: 'conflict.predicted' }
      return
    case 'timer.rang':
      return yield* ringTimers(state, now)
  }
}
