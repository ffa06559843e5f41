import { endsFor } from '../estimate/estimate-wait.ts'
import { expectedWait } from '../estimate/expected-wait.ts'
import { isLive, levelAt } from './entry-order.ts'
import type { QueueEvent } from './queue-event.ts'
import type { QueueCommand } from './queue-input.ts'
import type { EntrySpec } from './queue-spec.ts'
import type { EntryState, QueueState } from './queue-state.ts'
import { revertOf } from './revert.ts'

/** Who jumps is before whoever comes later too, whatever their level: ageing takes weeks to make up for so much. */
const jumpLead = 1_000

/** What an accepted command causes; asking for what is so already causes nothing. */
export function* act(state: QueueState, command: QueueCommand, now: number): Generator<QueueEvent> {
  switch (command.type) {
    case 'queue.configure':
      yield { type: 'queue.configured', settings: command.settings }
      return
    case 'queue.pause':
      if (!state.isPaused) yield { type: 'queue.paused' }
      return
    case 'queue.resume':
      if (state.isPaused) yield { type: 'queue.resumed' }
      return
    case 'target.freeze': {
      const because = { reason: 'asked', detail: command.because } as const
      yield { type: 'target.frozen', target: command.target, because }
      return
    }
    case 'target.thaw':
      return yield* thaw(state, command)
    case 'entry.add':
      return yield* add(state, command.entry, now)
    case 'entry.update':
    case 'entry.remove':
    case 'entry.retry':
    case 'entry.jump':
    case 'entry.relevel':
    case 'entry.approve':
    case 'entry.revert': {
      const entry = state.entries.get(command.entryId)
      if (entry !== undefined) yield* change(state, entry, command, now)
      return
    }
  }
}

function* add(state: QueueState, entry: EntrySpec, now: number): Generator<QueueEvent> {
  if (state.entries.has(entry.id)) return
  const wait = expectedWait(state, entry, now)
  const [low, middle, high] = endsFor(state, wait)
  // Rounded, so that the log is the same wherever logarithms end in other digits.
  const told = [round(low), round(middle), round(high)] as const
  const expected = { ms: Math.round(wait.ms), risk: round(wait.risk), told }
  yield { type: 'landing.queued', entry, level: levelAt(entry.level, now), expected }
}

function round(value: number): number {
  return Math.round(value * 1_000) / 1_000
}

/** Lifts what a person froze or was asked about; what is still wrong freezes the target again when it is seen. */
function* thaw(
  state: QueueState,
  { target: name, adopt }: Extract<QueueCommand, { type: 'target.thaw' }>,
): Generator<QueueEvent> {
  const target = state.targets.get(name)
  if (target === undefined) return
  const failed = target.freezes.get('person-failed')
  const rewound = target.freezes.get('rewound')
  const head = adopt === true && rewound?.reason === 'rewound' ? { adopt: rewound.head } : {}
  yield { type: 'target.thawed', target: name, ...head }
  if (failed?.reason === 'person-failed') yield { type: 'landing.requeued', entryId: failed.entryId }
}

function* change(
  state: QueueState,
  entry: EntryState,
  command: Extract<QueueCommand, { readonly entryId: string }>,
  now: number,
): Generator<QueueEvent> {
  const { id: entryId, spec } = entry
  switch (command.type) {
    case 'entry.update': {
      const { commit, base } = command
      if (spec.commit === commit && spec.base === base && isLive(entry)) return
      yield { type: 'landing.updated', entryId, commit, ...(base === undefined ? {} : { base }) }
      return
    }
    case 'entry.remove':
      if (entry.phase.state !== 'CANCELLED') yield { type: 'landing.cancelled', entryId, because: 'removed' }
      return
    case 'entry.retry':
      yield { type: 'landing.requeued', entryId }
      return
    case 'entry.jump': {
      let first = entry.level
      for (const other of state.targets.get(spec.target)?.live ?? []) first = Math.min(first, other.level)
      yield { type: 'landing.jumped', entryId, level: first - jumpLead }
      return
    }
    case 'entry.relevel':
      yield { type: 'landing.relevelled', entryId, level: levelAt(command.level, entry.queuedAt) }
      return
    case 'entry.approve':
      if (!entry.isApproved) yield { type: 'landing.approved', entryId }
      return
    case 'entry.revert':
      return yield* revertOf(state, entry, command.revertId, now)
  }
}
