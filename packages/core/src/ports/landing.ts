import type { Claim } from '../claims/claim.ts'
import type { LandingOutcome, OfLanding } from '../run/run-input.ts'
import type { LandingWork } from '../run/work-spec.ts'

/** Takes a workstream's branch to its target: the merge queue, or a forge's own in its place. */
export interface Landing {
  /**
   * Resolves with how it ended. The key makes asking twice asking once: after a restart the same request is made
   * again, and gets the outcome that the first one had.
   */
  land(request: LandingRequest, context: LandingContext): Promise<LandingOutcome>
  /** What changed of a request: more urgent now, approved, asked back. */
  change(key: string, change: LandingChange): void
  close(): Promise<void>
}

/** A branch that is to land. */
export interface LandingRequest extends OfLanding {
  readonly key: string
  readonly branch: string
  readonly commit: string
  /** What it was built on: its merge base, whatever became of that since. */
  readonly base: string
  /** Keys of landings that come before. */
  readonly after: readonly string[]
  readonly level: number
  readonly claims: readonly Claim[]
  readonly work: LandingWork
  readonly subject: string
  readonly trailers: Readonly<Record<string, string>>
}

/** What listens while it waits. */
export interface LandingContext {
  readonly signal: AbortSignal
  /** It passed and waits for a person. */
  onHeld(): void
}

/** What may be said about a landing that goes on. */
export interface LandingChange {
  readonly level?: number
  readonly isApproved?: boolean
  readonly isWithdrawing?: boolean
}
