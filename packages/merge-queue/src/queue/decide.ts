import type { CommandAnswer } from '@ws/core'
import { stopStaleRuns } from './check-runs.ts'
import { act } from './decide-command.ts'
import { endCandidate, endCheck, endEscalation, endLanding } from './decide-outcome.ts'
import { seeTarget } from './decide-sight.ts'
import type { QueueEvent } from './queue-event.ts'
import type { QueueCommand, QueueInput, QueueOutcome } from './queue-input.ts'
import type { QueueState } from './queue-state.ts'
import { refuse } from './refuse-command.ts'
import { settleTarget } from './settle.ts'
import {
  pursueDiagnoses,
  settleAfterwards,
  settleDiagnoses,
  startAdvisory,
  startAfterwards,
} from './start-idle.ts'
import { startTrials } from './start-trials.ts'

/**
 * What an input causes: first what follows from it directly, then what is known now is acted upon (conflicts,
 * rejections, landings), then slots are given out. Each event is in the state before the next is asked for.
 */
export function* decide(state: QueueState, input: QueueInput, now: number): Generator<QueueEvent> {
  if (isCommand(input)) {
    if (state.answers.has(input.commandId)) return
    const refusal = refuse(state, input)
    const answer: CommandAnswer = refusal ?? { ok: true }
    yield { type: 'command.answered', commandId: input.commandId, answer }
    if (refusal !== undefined) return
    yield* act(state, input, now)
  } else {
    yield* take(state, input, now)
  }
  yield* settle(state, now)
  yield* stopStaleRuns(state)
  if (state.isPaused) return
  yield* startAfterwards(state, now, false)
  yield* startTrials(state, now)
  yield* startAdvisory(state)
  yield* startAfterwards(state, now, true)
  yield* pursueDiagnoses(state)
}

function* settle(state: QueueState, now: number): Generator<QueueEvent> {
  yield* settleAfterwards(state, now)
  for (const target of state.targets.values()) yield* settleTarget(state, target, now)
  yield* settleDiagnoses(state, now)
}

function isCommand(input: QueueInput): input is QueueCommand {
  return input.commandId !== undefined
}

function* take(state: QueueState, input: QueueOutcome, now: number): Generator<QueueEvent> {
  switch (input.type) {
    case 'candidate.ended':
      return yield* endCandidate(state, input, now)
    case 'check.ended':
      return yield* endCheck(state, input, now)
    case 'landing.ended':
      return yield* endLanding(state, input, now)
    case 'target.observed':
      return yield* seeTarget(state, input, now)
    case 'escalation.ended':
      return yield* endEscalation(state, input)
    case 'timer.rang':
      for (const target of state.targets.values()) {
        for (const [what, { retryAt }] of [...target.troubles]) {
          if (retryAt !== undefined && retryAt <= now)
            yield { type: 'infrastructure.retried', target: target.name, what }
        }
      }
      return
  }
}
