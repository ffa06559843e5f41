import type { MachineEvent, MachineInput } from './machine.ts'

/**
 * The append-only record of everything that happened in a repository's runs; every other state is derived
 * from it. One row is one step: the inputs that were decided together and the events they caused.
 *
 * Several streams (one per machine) share one log. Events are numbered through the whole log, without a gap;
 * `version` counts the steps of one stream, so that a writer who missed a step is refused.
 */
export interface Journal {
  /**
   * Adds a step as one transaction and resolves when it is durable.
   * @throws `WS_JOURNAL_FENCED` when a newer leader has written, `WS_JOURNAL_STALE` when the stream's version
   * is not the expected one: nothing was written. `WS_JOURNAL_UNKNOWN` and every other error: whether it was
   * written is not known, so the caller must forget its state and read the log.
   */
  append(step: StepDraft): Promise<StepPosition>
  /** The steps of one stream (or of all, in order) from a position on. */
  read(options?: ReadOptions): AsyncIterable<Step>
  /** Where a stream stands. */
  head(stream: string): Promise<StepPosition>
  /** Refuses every later append of an older epoch. */
  lead(epoch: number): Promise<void>
  /** Keeps a snapshot of a stream's state; only the newest is kept. */
  saveSnapshot(snapshot: Snapshot): Promise<void>
  loadSnapshot(stream: string): Promise<Snapshot | undefined>
  close(): Promise<void>
}

/** An input with the time at which it was decided. */
export interface TimedInput {
  readonly at: number
  readonly input: MachineInput
  /** How many of the step's events this input caused. */
  readonly events: number
}

/** What `append` is given. */
export interface StepDraft {
  readonly stream: string
  readonly epoch: number
  /** The stream's version that the decision was made on. */
  readonly expectedVersion: number
  readonly inputs: readonly TimedInput[]
  readonly events: readonly MachineEvent[]
}

/** A step as it stands in the log. */
export interface Step extends Omit<StepDraft, 'expectedVersion'> {
  /** The stream's version after this step. */
  readonly version: number
  /** The number of the step's first event; equals the next step's where there is no event. */
  readonly firstSeq: number
}

/** Where a stream stands: its version, and the number that the log's next event will get. */
export interface StepPosition {
  readonly version: number
  readonly nextSeq: number
}

/** What `read` is asked for. */
export interface ReadOptions {
  readonly stream?: string
  /** Only steps of a version above this one (of `stream`). */
  readonly afterVersion?: number
  /** Only the step that holds the event with this number, and what comes after it. */
  readonly fromSeq?: number
}

/** A stream's state at a version. */
export interface Snapshot {
  readonly stream: string
  readonly machineVersion: number
  readonly version: number
  readonly lastAt: number
  readonly state: unknown
}
