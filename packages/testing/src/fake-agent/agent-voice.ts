import type { AgentFailure } from './agent-failure.ts'
import type { TurnTally } from './turn-tally.ts'

/** A file that an agent wants to write. */
export interface AgentEdit {
  /** As the script names it. */
  readonly name: string
  readonly path: string
  readonly content: string
  /** What is there; `undefined` where nothing is. */
  readonly before: string | undefined
}

/** How one tool says what happens in a turn. What it says is written by itself; the turn decides what happens. */
export interface AgentVoice {
  /** Whether edits and what is said to them come from one call of the model: only usage that a script names is added. */
  readonly isOneCall?: true
  /** Whether a turn is over where the user says no. */
  readonly endsWhenDenied?: true
  begin(): void
  /** A call of the model wants a file to be written. */
  propose(edit: AgentEdit, tally: TurnTally, asks: boolean): void
  /** Asks whether it may; absent where the tool asks nobody. */
  ask?(edit: AgentEdit): Promise<boolean>
  /** The file was written, or was not to be. */
  settle(edit: AgentEdit, isGranted: boolean, tally: TurnTally): void
  say(text: string, tally: TurnTally): void
  /** The end of a turn that went well; the exit code of a program that has one turn. */
  end(tally: TurnTally): number
  /** The end of one whose model could not be used. */
  refuse(failure: AgentFailure, tally: TurnTally): number
  /** The end of one that was interrupted; absent where only a signal does that. */
  interrupt?(tally: TurnTally): void
}
