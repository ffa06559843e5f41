import type { Machine } from '../machine/machine.ts'
import { decide } from './decide.ts'
import { evolve } from './evolve.ts'
import { freeze, thaw } from './freeze.ts'
import type { RunEffect } from './run-effect.ts'
import type { RunEvent } from './run-event.ts'
import type { RunInput } from './run-input.ts'
import { noUsage } from './run-input.ts'
import type { RunMachineState } from './run-state.ts'
import { initialRunState } from './run-state.ts'

/** The run machine's own shape. */
export type RunMachine = Machine<RunMachineState, RunInput, RunEvent, RunEffect>

/** Counts the shapes of a frozen state; a snapshot of another version is thrown away. */
const snapshotVersion = 4

/**
 * The machine of a repository's runs: plans, tasks, claims, resources, budgets, tools and hosts. It decides
 * what starts where and when, what becomes of failures, and what waits for whom; it never acts.
 */
export function runMachine(options: { readonly ignoreCase?: boolean } = {}): RunMachine {
  return {
    stream: 'run',
    version: snapshotVersion,
    initial: () => initialRunState(options),
    decide,
    evolve,
    wanted: (state) => state.wanted,
    wakeAt: (state) => state.timers.next()?.at,
    rang: () => ({ type: 'timer.rang' }),
    lost: (_key, effect) => lost(effect),
    answerTo: (state, commandId) => state.answers.get(commandId),
    freeze,
    thaw: (frozen) => thaw(frozen, options),
  }
}

function lost(effect: RunEffect): RunInput {
  if (effect.kind === 'attempt') {
    const { runId, taskId, attempt } = effect
    const outcome = { kind: 'failed', failure: { reason: 'lost' } } as const
    return { type: 'attempt.ended', runId, taskId, attempt, outcome, usage: noUsage }
  }
  const { runId, workstreamId, round, attempt } = effect
  return { type: 'landing.ended', runId, workstreamId, round, attempt, outcome: { kind: 'lost' } }
}
