import { levelAt } from './entry-order.ts'
import type { QueueEvent } from './queue-event.ts'
import type { EntrySpec } from './queue-spec.ts'
import type { EntryState, QueueState } from './queue-state.ts'

/** Queues an entry that undoes one that has landed. */
export function* revertOf(
  state: QueueState,
  { spec, phase }: EntryState,
  revertId: string,
  now: number,
): Generator<QueueEvent> {
  if (phase.state !== 'MERGED' || state.entries.has(revertId) || spec.kind === 'revert') return
  const { message: _message, trailers: _trailers, ...rest } = spec
  const entry: EntrySpec = {
    ...rest,
    id: revertId,
    kind: 'revert',
    commit: phase.commit,
    base: phase.onto,
    after: [],
    approve: 'auto',
    method: 'squash',
    // What turned red afterwards is not asked of what mends it.
    afterwards: [],
  }
  yield { type: 'landing.queued', entry, level: levelAt(spec.level, now) }
}
