/**
 * A machine decides, remembers nothing outside its state and touches nothing.
 *
 *   input ──► decide ──► events ──► evolve ──► state ──► wanted ──► effects ──► (outcomes are inputs)
 *
 * All four are total and deterministic: the same inputs in the same order give the same events and the same
 * state, on any store and in any process. Effects are never fired from a transition: what should be going on
 * is read off the state, so resuming after a crash is "replay, then start what is wanted".
 */
export interface Machine<State, Input extends MachineInput, Event extends MachineEvent, Effect> {
  /** Names the machine's stream in the log. */
  readonly stream: string
  /** Snapshots of another version are thrown away. */
  readonly version: number
  initial(): State
  /**
   * Yields the events that the input causes. Each event is evolved into the state before the next one is asked
   * for, so a decision always sees what has just been decided.
   */
  decide(state: State, input: Input, now: number): Iterable<Event>
  /** Takes the event into the state, in place: the state belongs to whoever hosts it. */
  evolve(state: State, event: Event, at: number): void
  /** What should be going on now, by key. */
  wanted(state: State): ReadonlyMap<string, Effect>
  /** When the machine wants to look again though nothing happens, or `undefined`. */
  wakeAt(state: State): number | undefined
  /** The input which says that time has come. */
  rang(): Input
  /** The input which says that the wanted effect's end was never seen. */
  lost(key: string, effect: Effect): Input
  /** The answer to a command that has been decided, or `undefined` for an unknown id. */
  answerTo(state: State, commandId: string): CommandAnswer | undefined
  /** The state as JSON, for a snapshot; `thaw` is its inverse. */
  freeze(state: State): unknown
  thaw(frozen: unknown): State
}

/** What every input has in common: a type, and an id where somebody waits for the answer. */
export interface MachineInput {
  readonly type: string
  readonly commandId?: string
}

/** What every event has in common. */
export interface MachineEvent {
  readonly type: string
}

/** What a command got: accepted, or refused with the reason and the next move. */
export type CommandAnswer =
  | { readonly ok: true }
  | { readonly ok: false; readonly code: string; readonly message: string; readonly hint?: string }

/** Decides one input on a state that it evolves along the way; the host, the simulator and tests share it. */
export function decideInto<S, I extends MachineInput, E extends MachineEvent, F>(
  machine: Machine<S, I, E, F>,
  state: S,
  input: I,
  now: number,
  into: E[],
): void {
  for (const event of machine.decide(state, input, now)) {
    machine.evolve(state, event, now)
    into.push(event)
  }
}
