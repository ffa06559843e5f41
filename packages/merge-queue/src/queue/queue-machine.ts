import type { Machine } from '@ws/core'
import { decide } from './decide.ts'
import { evolve } from './evolve.ts'
import { freeze, thaw } from './freeze.ts'
import type { QueueEffect } from './queue-effect.ts'
import type { QueueEvent } from './queue-event.ts'
import type { QueueInput } from './queue-input.ts'
import type { QueueState } from './queue-state.ts'
import { initialQueueState } from './queue-state.ts'
import { nextAlarm } from './trouble.ts'
import { wanted } from './wanted.ts'

/** The queue machine's own shape. */
export type QueueMachine = Machine<QueueState, QueueInput, QueueEvent, QueueEffect>

/** What the queue has to know of the repository before its first entry. */
export interface QueueMachineOptions {
  /** Whether paths that differ only in case are one path. @default false */
  readonly ignoreCase?: boolean
}

/** Counts the shapes of a frozen state; a snapshot of another version is thrown away. */
const snapshotVersion = 1

/**
 * The machine of a repository's merge queue: order, lanes, what is tested together, what lands, what becomes of
 * conflicts and failures. It decides; drivers build commits, run checks and move references.
 */
export function queueMachine(options: QueueMachineOptions = {}): QueueMachine {
  return {
    stream: 'queue',
    version: snapshotVersion,
    initial: () => initialQueueState(options),
    decide,
    evolve,
    wanted,
    wakeAt: nextAlarm,
    rang: () => ({ type: 'timer.rang' }),
    lost: (_key, effect) => lost(effect),
    answerTo: (state, commandId) => state.answers.get(commandId),
    freeze,
    thaw: (frozen) => thaw(frozen, options),
  }
}

function lost(effect: QueueEffect): QueueInput {
  switch (effect.kind) {
    case 'build':
      return { type: 'candidate.ended', candidateId: effect.candidateId, outcome: { kind: 'lost' } }
    case 'check':
      return { type: 'check.ended', checkRunId: effect.checkRunId, outcome: { kind: 'lost' }, durationMs: 0 }
    case 'land':
      return { type: 'landing.ended', landId: effect.landId, outcome: { kind: 'lost' } }
    // Both are simply begun again: a look and a question change nothing.
    case 'watch':
    case 'escalate':
      return { type: 'timer.rang' }
  }
}
