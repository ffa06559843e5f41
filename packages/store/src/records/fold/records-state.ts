import type {
  Breach,
  Failure,
  LandingOutcome,
  PauseReason,
  PersonWait,
  RunSpec,
  SkipReason,
  TaskSpec,
  TaskStatus,
  ToolHealth,
  Usage,
  WorkstreamSpec,
  WorkstreamStatus,
} from '@ws/core'
import type { LedgerLine } from '../shapes/ledger-line.ts'
import type { RoadmapPlan } from '../shapes/roadmap-file.ts'
import type { WorkstreamRecord } from '../shapes/workstream-record.ts'
import type { KeptArtifact } from './take-work-event.ts'

/**
 * What the log has told so far, as plain facts with their times. `takeEvent` alone changes it, in place; every view is
 * a pure function of it. It keeps no more of an archived run than its lines in the ledger and its place in the roadmap.
 */
export interface RecordsState {
  /** The number of the last event that was taken; 0 for none. */
  seq: number
  at: number
  readonly runs: Map<string, RunFacts>
  readonly tools: Map<string, ToolFacts>
  /** The repository's limits that are in force. */
  limits: Readonly<Record<string, number>>
  readonly ledger: LedgerLine[]
  readonly queue: QueueFacts
  /** Records that somebody made by hand. */
  readonly registry: Map<string, WorkstreamRecord>
  /** What was added to the metadata of records that follow from runs. */
  readonly notes: Map<string, Readonly<Record<string, unknown>>>
  /** How far the plans of archived runs had come. */
  readonly roadmap: Map<string, RoadmapPlan>
}

/** A run, as told. */
export interface RunFacts {
  readonly id: string
  /** The number of the last event about it. */
  seq: number
  spec: RunSpec
  readonly startedAt: number
  updatedAt: number | undefined
  endedAt: number | undefined
  status: 'RUNNING' | 'PAUSED' | 'COMPLETED' | 'FAILED' | 'CANCELLED'
  pauses: readonly PauseReason[]
  waits: readonly PersonWait[]
  pausedSince: number | undefined
  /** How long nothing could start, all pauses together. */
  pausedMs: number
  /** The most slots that it ever could use. */
  slots: number
  budgetUsd: number | undefined
  estimates: Readonly<Record<string, { readonly ms: number; readonly usd: number }>>
  readonly tasks: Map<string, TaskFacts>
  readonly workstreams: Map<string, WorkstreamFacts>
}

/** A workstream, as told. */
export interface WorkstreamFacts {
  readonly id: string
  readonly spec: WorkstreamSpec
  readonly createdAt: number
  updatedAt: number | undefined
  status: WorkstreamStatus
  stage: 'working' | 'landing' | undefined
  round: number
  startedAt: number | undefined
  endedAt: number | undefined
  reason: string | undefined
  commit: string | undefined
  /** The branch and the directory of its newest round, where its host told them. */
  branch: string | undefined
  worktree: string | undefined
  /** While it waits for claims. */
  blockedSince: number | undefined
  blockedMs: number
  landings: LandingFacts[]
}

/** One try at landing a round. */
export interface LandingFacts {
  readonly round: number
  readonly attempt: number
  readonly requestedAt: number
  settledAt: number | undefined
  outcome: LandingOutcome | undefined
}

/** A task, as told. */
export interface TaskFacts {
  readonly id: string
  readonly spec: TaskSpec
  status: TaskStatus
  round: number
  readyAt: number | undefined
  endedAt: number | undefined
  commit: string | undefined
  problem: TaskProblem | undefined
  /** What its last success changed, where the log says it. */
  changed: ChangeFacts | undefined
  /** What its host saw of its newest attempt. */
  left: LeftFacts | undefined
  readonly attempts: AttemptFacts[]
}

/** What a success changed in the worktree. */
export interface ChangeFacts {
  readonly files: readonly string[]
  readonly linesAdded: number
  readonly linesRemoved: number
}

/** What an attempt left, as its host told it. */
export interface LeftFacts {
  readonly attempt: number
  readonly changed: ChangeFacts
  /** New files outside the claims: kept beside the branch. */
  readonly setAside: readonly string[]
  readonly warnings: readonly string[]
  readonly artifacts: readonly KeptArtifact[]
  readonly because: string | undefined
}

/** Why a task did not succeed. */
export type TaskProblem =
  | { readonly kind: 'failure'; readonly failure: Failure }
  | { readonly kind: 'breach'; readonly breach: Breach }
  | { readonly kind: 'skip'; readonly because: SkipReason }

/** One try at a task. */
export interface AttemptFacts {
  readonly attempt: number
  readonly tool: string | undefined
  readonly account: string | undefined
  readonly startedAt: number
  readonly reservedUsd: number
  endedAt: number | undefined
  usage: Usage
  /** What it counts as; `undefined` while it runs. */
  settledUsd: number | undefined
  /** Its end was not seen, and it has not been heard of since. */
  isAssumed: boolean
}

/** A tool, as told. */
export interface ToolFacts {
  health: ToolHealth | undefined
  checkedAt: number | undefined
  detail: string | undefined
  /** How many at a time, after it said that it was too many. */
  throttledTo: number | undefined
  version: string | undefined
  responseMs: number | undefined
}

/** A tool of which nothing was told yet. */
export function unknownTool(): ToolFacts {
  return {
    health: undefined,
    checkedAt: undefined,
    detail: undefined,
    throttledTo: undefined,
    version: undefined,
    responseMs: undefined,
  }
}

/** The merge queue, as told. */
export interface QueueFacts {
  readonly entries: Map<string, EntryFacts>
  /** Check runs that have not ended. */
  readonly running: Map<string, { readonly check: string; readonly entryIds: readonly string[] }>
  /** Verdicts by run, each check run counted once, however many entries it was for. */
  readonly checks: Map<string, { ran: number; passed: number }>
  lastOrder: number
}

/** What is to land, as told. */
export interface EntryFacts {
  readonly id: string
  readonly kind: string
  readonly branch: string
  readonly target: string
  readonly checks: readonly string[]
  /** As it was asked for; 0 is the most urgent. */
  readonly priority: number
  status: 'QUEUED' | 'CHECKING' | 'MERGING' | 'MERGED' | 'CONFLICTED' | 'FAILED' | 'CANCELLED'
  reason: string | undefined
  /** The same with its age: what the order goes by. */
  level: number
  passed: readonly string[]
  failed: readonly string[]
  /** The longest check that it needed. */
  longestCheckMs: number
  landId: string | undefined
  order: number
  readonly queuedAt: number
  updatedAt: number
}

/** Before anything has happened. */
export function initialRecords(): RecordsState {
  return {
    seq: 0,
    at: 0,
    runs: new Map(),
    tools: new Map(),
    limits: { slots: 3 },
    ledger: [],
    queue: { entries: new Map(), running: new Map(), checks: new Map(), lastOrder: 0 },
    registry: new Map(),
    notes: new Map(),
    roadmap: new Map(),
  }
}
