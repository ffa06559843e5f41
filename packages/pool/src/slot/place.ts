import type { Readiness } from '@ws/tools'
import type { Instance } from '../instance/instance.ts'
import type { SettledTurn, TurnRequest } from '../instance/turn.ts'
import type { EndTimes } from '../process/tool-process.ts'

/** Where turns are run: a warm process, or one for each turn. */
export interface Place {
  /** The process that is there now. */
  readonly instance: Instance | undefined
  /**
   * `up`: a turn could begin as soon as there is room; `coming`: in a moment; `broken`: not before the breaker lets
   * it; `down`: not without a person.
   */
  readonly condition: PlaceCondition
  /** A process is on its way. */
  readonly isStarting: boolean
  /** How the last process ended. */
  readonly returnCode: number | null
  /** When the breaker lets it try again, in monotonic time. */
  readonly brokenUntil: number | undefined
  /** How many turns it can have at a time. */
  readonly capacity: number
  /** Whether it has begun to run; resolves when it takes prompts or is known not to. */
  start(): Promise<Readiness>
  /** Whether it could run this turn beside so many others. */
  canRun(turn: TurnRequest, inFlight: number): boolean
  run(turn: TurnRequest): Promise<SettledTurn>
  /** Puts a new process in the place of the one that is there, whatever it is doing. */
  restart(): Promise<Readiness>
  /** Asks what is in flight to end. */
  interrupt(): void
  /** A turn is over, or time has passed: what is due is done. */
  tidy(isIdle: boolean): void
  /** A turn was completed. */
  noteSuccess(): void
  /** Ends everything; resolves when it is gone. Calls after the first only hasten it. */
  close(times: EndTimes, options: { readonly force: boolean }): Promise<void>
}

/** Whether a place takes turns. */
export type PlaceCondition = 'new' | 'up' | 'coming' | 'broken' | 'down' | 'closed'

/** What a place tells its slot. */
export interface PlaceListener {
  /** It takes prompts again, or takes none any more. */
  changed(): void
  /** What went wrong last. */
  problem(detail: string): void
  restarted(): void
}
