import type { Claim } from '../claims/claim.ts'
import type { Breach, Failure } from '../errors/failure.ts'
import type { OfAttempt } from '../run/run-input.ts'
import type { RunWork, TaskWork, WorkstreamWork } from '../run/work-spec.ts'

/** Gives every round of a workstream a directory of its own, and loses nothing that was done there. */
export interface Workspaces {
  /** The round's directory, at its last good state, with what the task needs in it. */
  open(request: WorkspaceRequest): Promise<WorkspaceAnswer>
  /**
   * Makes a round's directory while its first attempt still waits for a slot: `open` finds it then, and gives what it
   * would have made. One that is never opened is released like any other.
   * @default nothing is made ahead
   */
  prepare?(request: WorkspaceRequest): Promise<void>
  /** What became of an attempt whose end nobody saw: its commit, where it was made. */
  lookUp(request: WorkspaceRequest): Promise<Settlement | undefined>
  /** A round is over: its directory may serve another. What is in it is kept first. */
  release(of: OfRound): Promise<void>
  close(): Promise<void>
}

/** Names a round of a workstream. */
export interface OfRound {
  readonly runId: string
  readonly workstreamId: string
  readonly round: number
}

/** Which attempt wants to work, and on what. */
export interface WorkspaceRequest extends OfAttempt, OfRound {
  readonly run: RunWork
  readonly workstream: WorkstreamWork
  readonly task: TaskWork
  /** What the workstream may change. */
  readonly claims: readonly Claim[]
  /** The commits that it is built on besides the target, in the plan's order. */
  readonly inputs: readonly string[]
  /** What was quarantined in this round and a person has released since: it is part of the round from now on. */
  readonly released?: readonly ReleasedWork[]
  readonly target: string
  readonly signal: AbortSignal
}

/** What a quarantined attempt did, for which a person vouches. */
export interface ReleasedWork {
  readonly task: TaskWork
  /** As the settlement of the breach named it. */
  readonly commit: string
}

/** A directory, or why there is none: a set-up that failed, inputs that do not merge. */
export type WorkspaceAnswer =
  | { readonly isOpen: true; readonly workspace: Workspace }
  | { readonly isOpen: false; readonly failure: Failure }

/** A directory in which one attempt works. */
export interface Workspace {
  readonly path: string
  readonly env: Readonly<Record<string, string>>
  /** Keeps what is there, judges it, and commits what may be committed. */
  settle(request: SettleRequest): Promise<Settlement>
}

/** How the attempt ended, as far as its directory is concerned. */
export interface SettleRequest {
  /** `keep`: pinned, not committed; the next attempt begins at the last good state. */
  readonly as: 'commit' | 'keep'
  readonly message: string
  readonly trailers: Readonly<Record<string, string>>
}

/** What an attempt left. */
export type Settlement = {
  /** What changed within the claims. */
  readonly files: readonly string[]
  readonly linesAdded: number
  readonly linesRemoved: number
  /** New files outside the claims: kept beside the branch, not in it. */
  readonly setAside: readonly string[]
  readonly warnings: readonly string[]
} &
  /** Without a commit where nothing changed; that of a breach is kept beside the branch. */
  (
    | { readonly kind: 'settled'; readonly commit?: string }
    | { readonly kind: 'breached'; readonly breach: Breach; readonly commit?: string }
    | { readonly kind: 'failed'; readonly failure: Failure }
  )
