import { invariant } from '@ws/core'
import type { EntryState, QueueState, TargetState } from './queue-state.ts'

/** The entry that an event names. */
export function entryOf(state: QueueState, id: string): EntryState {
  const entry = state.entries.get(id)
  invariant(entry !== undefined, 'an event names an entry that is there', { entry: id })
  return entry
}

/** The target that an event names. */
export function targetOf(state: QueueState, name: string): TargetState {
  const target = state.targets.get(name)
  invariant(target !== undefined, 'an event names a target that is there', { target: name })
  return target
}
