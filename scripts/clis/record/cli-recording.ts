// What is to be known about one CLI to record it.
import type { ProcessCommand, RecordedProcess } from './recorded-process.ts'
import type { Access, Scenario } from './scenarios.ts'
import type { Site } from './site.ts'

export interface CliRecording {
  readonly name: string
  /** Files that it wants in its home. */
  prepare?(site: Site): void
  /** What is recorded of it, where that is not everything. */
  scenarios?(all: readonly Scenario[]): readonly Scenario[]
  /** One process that reads the prompt from its input and ends. `session` is one to go on with. */
  oneShot?(site: Site, access: Access, session?: string): ProcessCommand
  /** The session's id in what a one-shot process said. */
  sessionIn?(output: string): string | undefined
  readonly longRunning?: {
    /** The name of the folder. */
    readonly mode: string
    command(site: Site, access: Access): ProcessCommand
    open(process: RecordedProcess, options: OpenOptions): Promise<RecordedSession>
  }
}

export interface OpenOptions {
  readonly site: Site
  readonly access: Access
  /** What it is told when it asks. */
  readonly decision: 'allow' | 'deny'
}

/** A conversation with a process that stays. */
export interface RecordedSession {
  /** Resolves when the turn is over, however it ended. */
  prompt(text: string): Promise<void>
  /** Asks it to stop the turn that is going on. */
  interrupt(): void
  /** The polite end. */
  close(): void
}
