import { invariant } from '../errors/invariant.ts'
import type { Journal } from './journal.ts'
import type { Machine, MachineEvent, MachineInput } from './machine.ts'

/** A machine's state as the log tells it. */
export interface Replayed<State> {
  readonly state: State
  readonly version: number
  readonly lastAt: number
}

/** Folds a stream's events, from its newest fitting snapshot on, into the machine's state. */
export async function replay<State, Input extends MachineInput, Event extends MachineEvent, Effect>(
  machine: Machine<State, Input, Event, Effect>,
  journal: Journal,
): Promise<Replayed<State>> {
  const { stream } = machine
  const snapshot = await journal.loadSnapshot(stream)
  const fits = snapshot?.machineVersion === machine.version
  const state = fits ? machine.thaw(snapshot.state) : machine.initial()
  let version = fits ? snapshot.version : 0
  let lastAt = fits ? snapshot.lastAt : 0
  for await (const step of journal.read({ stream, afterVersion: version })) {
    invariant(step.version === version + 1, 'a stream has no gap', { stream, version, found: step.version })
    version = step.version
    let next = 0
    for (const { at, events } of step.inputs) {
      lastAt = at
      // The journal gives back what this machine wrote: the type is the stream's.
      for (const end = next + events; next < end; next++)
        machine.evolve(state, step.events[next] as Event, at)
    }
  }
  return { state, version, lastAt }
}
