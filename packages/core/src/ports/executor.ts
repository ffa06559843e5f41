import type { Claim } from '../claims/claim.ts'
import type { Failure } from '../errors/failure.ts'
import type { Command } from '../plan/fields.ts'
import type { OfAttempt, Usage } from '../run/run-input.ts'

/**
 * Runs one attempt, in a directory that is ready, and tells how it ended. It decides nothing: whether what was done
 * may be kept is seen in the directory afterwards.
 */
export interface Executor {
  /** Never rejects for what a tool does; `signal` ends the attempt and everything that it started. */
  execute(work: AttemptWork, context: ExecutionContext): Promise<Execution>
  /** Ends whatever an attempt of a process that is gone may have left running. */
  sweep(of: OfAttempt): Promise<void>
  close(): Promise<void>
}

/** One attempt: what is to be done, where, and within which limits. */
export interface AttemptWork extends OfAttempt {
  readonly workstreamId: string
  readonly cwd: string
  /** What is set for it besides what its host passes on. */
  readonly env: Readonly<Record<string, string>>
  readonly job: Job
  readonly timeoutMs: number
  readonly maxOutputBytes?: number
  /** What it may write; empty for work that only reads. */
  readonly claims: readonly Claim[]
  /** Files that its patterns name, relative to `cwd`. */
  readonly files: readonly string[]
  /** The end of what the attempt before said, where that one failed. */
  readonly lastFailure?: string
}

/** A prompt for a tool, or a command. */
export type Job =
  | {
      readonly kind: 'tool'
      readonly tool: string
      readonly account: string
      readonly prompt: string
      readonly model?: string
      readonly mode: 'execute' | 'analyze'
    }
  | { readonly kind: 'command'; readonly run: Command }

/** What listens while it goes on. */
export interface ExecutionContext {
  readonly signal: AbortSignal
  /** Totals of this attempt, so that saying it twice changes nothing. */
  onUsage(usage: Usage): void
  /** Masked, fit to be shown. */
  onOutput(output: AttemptOutput): void
}

/** A piece of what a tool says. */
export interface AttemptOutput {
  readonly stream: 'out' | 'err' | 'note'
  readonly text: string
}

/** How it ended. */
export type Execution = {
  readonly usage: Usage
  /** The answer, or the end of the output. */
  readonly text: string
  /** Why it ran as it did: which tool, pooled or one-shot. */
  readonly because?: string
} & (
  | { readonly kind: 'completed' }
  | { readonly kind: 'failed'; readonly failure: Failure }
  | { readonly kind: 'interrupted' }
)
