import type { CommandAnswer } from '@ws/core'
import type {
  CancelReason,
  CandidateProblem,
  CheckPurpose,
  Expectation,
  FreezeReason,
} from './queue-event.ts'
import type { EntryProblem, QueueEffect } from './queue-effect.ts'
import type { FileConflict } from './queue-input.ts'
import { defaultQueueSettings } from './queue-spec.ts'
import type { EntrySpec, QueueSettings } from './queue-spec.ts'
import { emptyStatistics } from '../estimate/statistics.ts'
import type { CheckStatistics, QueueStatistics } from '../estimate/statistics.ts'
import type { Line } from './line.ts'

/**
 * Everything the queue machine knows. It belongs to its host and is changed in place, by `evolve` alone.
 * What is marked *derived* can be made again from the rest.
 */
export interface QueueState {
  /** Whether paths that differ only in case are one path. */
  readonly ignoreCase: boolean
  settings: QueueSettings
  /** Rises when the checks are defined anew, and with it every candidate's id: their keys may differ. */
  definition: number
  isPaused: boolean
  readonly entries: Map<string, EntryState>
  readonly targets: Map<string, TargetState>
  /** Check runs that go on, by id. */
  readonly runs: Map<string, CheckRunState>
  /** What is known of results, by key, the least recently used first. */
  readonly results: Map<string, ResultState>
  /** Checks to be run on what was landed. */
  readonly afterwards: AfterwardsState[]
  /** Escalations that nobody has answered, by entry. */
  readonly escalations: Map<string, { readonly escalation: number; readonly problem: EntryProblem }>
  /** Rejected entries of which it is asked whether they fail alone. */
  readonly diagnoses: Map<string, DiagnosisState>
  readonly checks: Map<string, CheckStatistics>
  readonly statistics: QueueStatistics
  /** Answers to the newest commands, oldest first. */
  readonly answers: Map<string, CommandAnswer>
  /** Numbers given to check runs, landings, places in the order. */
  lastRun: number
  lastLand: number
  lastOrder: number
  /** Effects as they were last derived, so that one that did not change is the same object. Derived. */
  effects: Map<string, QueueEffect>
  /** Whether `effects` are what the state wants. Derived. */
  isDerived: boolean
}

/** One entry, live or ended. */
export interface EntryState {
  readonly id: string
  /** As it was added, with the newest commit and base. */
  spec: EntrySpec
  /** The commit that it was added with. */
  readonly addedCommit: string
  /** Rises with each new commit. */
  revision: number
  phase: EntryPhase
  /** Level and ageing in one number, constant from when it was queued. */
  level: number
  /** The last word in the order: the place in which it was queued. */
  order: number
  queuedAt: number
  updatedAt: number
  isApproved: boolean
  /** An earlier entry that it does not merge onto. */
  parkedBehind: { readonly entryId: string; readonly conflicts: readonly FileConflict[] } | undefined
  /** The candidate on which everything required of it passed. */
  checkedOn: string | undefined
  /** How often it was rejected: what failed once fails more often. */
  rejections: number
  /** The number of its newest escalation. */
  escalation: number
  /** What it was tested behind when a prefix with it first failed. */
  suspectedBehind: Suspicion | undefined
  /** What was expected when it was queued. */
  expected: Expectation | undefined
}

/** Entries that stood before a suspect, with the commits of the line, on the commit that all was built on. */
export interface Suspicion {
  readonly onto: string
  readonly line: readonly { readonly entryId: string; readonly commit: string }[]
}

/**
 *   QUEUED ──► CHECKING ──► MERGING ──► MERGED
 *      ▲           │            └─ deferred: back to CHECKING
 *      │           ├──► CONFLICTED, FAILED ──(updated, requeued)──► QUEUED
 *      └───────────┴──► CANCELLED ──(requeued)──► QUEUED
 */
export type EntryPhase =
  | { readonly state: 'QUEUED' }
  | { readonly state: 'CHECKING' }
  | { readonly state: 'MERGING'; readonly landId: string }
  | {
      readonly state: 'MERGED'
      readonly at: number
      /** The commit of the target that holds it, and the one before it. */
      readonly commit: string
      readonly onto: string
      readonly revertedBy?: string
    }
  | { readonly state: 'CONFLICTED'; readonly at: number; readonly problem: EntryProblem }
  | { readonly state: 'FAILED'; readonly at: number; readonly problem: EntryProblem }
  | { readonly state: 'CANCELLED'; readonly at: number; readonly because: CancelReason }

/** One target branch. */
export interface TargetState {
  readonly name: string
  /** The value of `refs/ws/landed/<target>`; `undefined` before the first look. */
  landed: string | undefined
  /** Values that it had, oldest first: a sight of one of them is an old sight. */
  readonly past: string[]
  look: number
  adopt: string | undefined
  /** Each is lifted by its own remedy. */
  readonly freezes: Map<FreezeReason['reason'], FreezeReason>
  /** Where the branch lags behind. */
  held: { readonly where: string; readonly paths: readonly string[] } | undefined
  landing: LandingInFlight | undefined
  readonly candidates: Map<string, CandidateState>
  /** Entries without which a line is tested beforehand. */
  readonly forks: Set<string>
  /** Candidates on which a required check was started. */
  readonly trials: Set<string>
  readonly troubles: Map<string, TroubleState>
  /** How often in a row the end of something was not seen. */
  readonly lost: Map<string, number>
  /** Checks after landings that are red, and have been said to be. */
  readonly red: Set<string>
  /** Live entries, unordered. */
  readonly live: Set<EntryState>
  /** What is tested and landed in which order. Derived. */
  lines: readonly Line[] | undefined
}

/** A landing past its intent. */
export interface LandingInFlight {
  readonly landId: string
  readonly from: string
  readonly to: string
  readonly candidateId: string
  readonly entryIds: readonly string[]
  /** The candidates of its entries, in order. */
  readonly steps: readonly BuiltCandidate[]
}

/** What the target would be after one entry more, or why it cannot be. */
export type CandidateState = {
  readonly id: string
  readonly entryId: string
  readonly onto: string
} & (
  | {
      readonly isBuilt: true
      readonly commit: string
      readonly tree: string
      readonly keys: Readonly<Record<string, string>>
      readonly isEmpty: boolean
    }
  | { readonly isBuilt: false; readonly problem: CandidateProblem }
)

/** A candidate that was built. */
export type BuiltCandidate = Extract<CandidateState, { isBuilt: true }>

/** A check run that goes on. */
export interface CheckRunState {
  readonly id: string
  readonly target: string
  readonly check: string
  readonly candidateId: string
  readonly commit: string
  readonly tree: string
  readonly key: string
  readonly attempt: number
  readonly entryIds: readonly string[]
  readonly purpose: CheckPurpose
  readonly startedAt: number
}

/** What is known of a check under one key. */
export interface ResultState {
  readonly check: string
  passes: number
  failures: number
  /** What the last failure said. */
  detail: string
  tail: string | undefined
}

/** Infrastructure errors in a row. */
export interface TroubleState {
  readonly count: number
  readonly detail: string
  readonly retryAt: number | undefined
}

/** A check to be run on what was landed. */
export interface AfterwardsState {
  readonly purpose: 'afterwards' | 'advisory'
  readonly since: number
  readonly target: string
  readonly entryId: string
  readonly check: string
  readonly candidateId: string
  readonly commit: string
  readonly tree: string
  readonly key: string
}

/** A search for the entry that a rejected one fails together with. */
export interface DiagnosisState {
  readonly entryId: string
  readonly target: string
  readonly suspicion: Suspicion
  /** Checks that failed. */
  readonly checks: readonly string[]
  readonly until: number
}

export function initialQueueState(options: { readonly ignoreCase?: boolean } = {}): QueueState {
  return {
    ignoreCase: options.ignoreCase ?? false,
    settings: defaultQueueSettings,
    definition: 0,
    isPaused: false,
    entries: new Map(),
    targets: new Map(),
    runs: new Map(),
    results: new Map(),
    afterwards: [],
    escalations: new Map(),
    diagnoses: new Map(),
    checks: new Map(),
    statistics: emptyStatistics(),
    answers: new Map(),
    lastRun: 0,
    lastLand: 0,
    lastOrder: 0,
    effects: new Map(),
    isDerived: false,
  }
}

export function initialTarget(name: string): TargetState {
  return {
    name,
    landed: undefined,
    past: [],
    look: 0,
    adopt: undefined,
    freezes: new Map(),
    held: undefined,
    landing: undefined,
    candidates: new Map(),
    forks: new Set(),
    trials: new Set(),
    troubles: new Map(),
    lost: new Map(),
    red: new Set(),
    live: new Set(),
    lines: undefined,
  }
}
