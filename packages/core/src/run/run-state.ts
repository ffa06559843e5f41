import type { Claim } from '../claims/claim.ts'
import { ClaimTable } from '../claims/claim-table.ts'
import type { Breach, Failure, InterruptReason } from '../errors/failure.ts'
import { invariant } from '../errors/invariant.ts'
import type { CommandAnswer } from '../machine/machine.ts'
import { BudgetBook } from './budget-book.ts'
import { Meters } from './meters.ts'
import type { ReadyGroup } from './ready-group.ts'
import { ReadyQueue } from './ready-queue.ts'
import type { RunEffect } from './run-effect.ts'
import type { PauseReason, PersonWait, SkipReason, WorkstreamFailure } from './run-event.ts'
import type { ToolHealth } from './run-input.ts'
import type { RunSpec, TaskSpec, WorkstreamSpec } from './run-spec.ts'
import type { TaskClass } from './task-class.ts'
import { TimerQueue } from './timer-queue.ts'

/**
 * Everything the run machine knows. It belongs to its host and is changed in place, by `evolve` alone.
 * Facts come first; what is marked *derived* can be made again from them.
 */
export interface RunMachineState {
  readonly runs: Map<string, RunState>
  readonly hosts: Map<string, HostState>
  readonly tools: Map<string, ToolState>
  readonly accounts: Map<string, AccountState>
  /** Capacities that bind all runs; what is not named is unlimited. */
  limits: Readonly<Record<string, number>>
  /** How much of each resource running attempts take, and how many workstreams land. Derived. */
  readonly meters: Meters
  readonly claims: ClaimTable
  readonly budgets: BudgetBook
  readonly learned: Map<string, LearnedEstimate>
  /** Answers to the newest commands, oldest first. */
  readonly answers: Map<string, CommandAnswer>
  /** Conflicts that were predicted between workstreams in flight. */
  readonly predictions: Map<string, { readonly a: string; readonly b: string; readonly path: string }>
  isDiskLow: boolean
  /** What is admissible but for limits, in order. Derived. */
  readonly ready: ReadyQueue
  /** Retries, resets and relaxations to come. Derived. */
  readonly timers: TimerQueue
  /** What should be going on. Derived. */
  readonly wanted: Map<string, RunEffect>
  /** Attempts started since the beginning: the measure of being by-passed. */
  starts: number
  /** Workstreams that may not take claims yet, since they or others could lock. Derived. */
  readonly orderBlocked: Set<WorkstreamState>
  /** Reopened workstreams with nothing left to do but to take their claims again and land. */
  readonly awaitingClaims: Set<WorkstreamState>
  /** Workstreams that hold claims while something they build on has not landed. Derived. */
  readonly openHolders: Set<WorkstreamState>
}

/** One run, live or ended, until it is archived. */
export interface RunState {
  readonly id: string
  spec: RunSpec
  readonly startedAt: number
  readonly tasks: Map<string, TaskState>
  /** The one looked up last: what is asked for next is mostly of the same. */
  lately: TaskState | undefined
  readonly workstreams: Map<string, WorkstreamState>
  /** The same for what is limited within the run. Derived. */
  readonly meters: Meters
  /** What its tasks need, each kind once. Derived. */
  readonly classes: Map<string, TaskClass>
  status: 'RUNNING' | 'PAUSED' | 'COMPLETED' | 'FAILED' | 'CANCELLED'
  readonly pauses: Set<PauseReason>
  /** What waits for a person, while that is a reason to pause. */
  waits: readonly PersonWait[]
  isCancelling: boolean
  cancelledBecause: 'asked' | 'task-failed' | undefined
  /** One step of ageing: thirty minutes, or the run's lower bound where that is longer. */
  stepMs: number
  lowerBoundMs: number
  /**
   * What its tasks weigh by its rehearsal, in their order; nothing where it is too large for one. Kept, since the limits
   * under which it was rehearsed may change.
   */
  weights: readonly number[] | undefined
  /** Attempts that run now, persons' not counted. Derived. */
  running: number
  /** Workstreams that are landing. Derived. */
  readonly landing: Set<WorkstreamState>
  /** What waits for a person, or for one who decides about what it was built on. Derived. */
  readonly persons: Set<TaskState>
  readonly held: Set<WorkstreamState>
  readonly stranded: Set<WorkstreamState>
  /** Tasks that wait for their retry. Derived. */
  retrying: number
  /** Workstreams that are not terminal. Derived. */
  open: number
}

/** One workstream of a run, through its rounds. */
export interface WorkstreamState {
  /** `<run>/<workstream>`. */
  readonly key: string
  readonly run: RunState
  readonly spec: WorkstreamSpec
  tasks: TaskState[]
  phase: WorkstreamPhase
  round: number
  /** Whether any attempt of this round was started. */
  isStarted: boolean
  hasCommits: boolean
  /** Set while something that it builds on was lost: no attempt starts, nothing lands. */
  strandedBy: string | undefined
  /** Attempts that run now (0 or 1). Derived. */
  running: number
  /** Tasks that are READY. Derived. */
  queued: number
  /** Tasks of this round that are not terminal. Derived. */
  unfinished: number
  /** Workstreams that any of its tasks needs. Derived. */
  before: WorkstreamState[]
  /** Workstreams with a task that needs one of its tasks. Derived. */
  after: WorkstreamState[]
  /** How many others come before it at most, one after another. Derived. */
  depth: number
  /** Whose unlanded paths it took over, when it started. */
  tookOver: WorkstreamState[]
  /** Who took its paths over. Derived. */
  heirs: WorkstreamState[]
  /** Tasks that wait for its landing. Derived. */
  awaited: TaskState[]
  /** How many other workstreams of the run want what it claims, up to 8. Derived. */
  contention: number
  /** Of what it claims alone, what most others want as well; nothing where few do. Derived. */
  hotClaim: Claim | undefined
  landingAttempt: number
  /** The level of the most urgent one that waits for what it holds. */
  inheritedLevel: number | undefined
  /** Whether it was by-passed too often: what overlaps its claims does not start before it. Derived. */
  isBarrier: boolean
  /** Its ready tasks, where they do not share the fate of those that claim the same. Derived. */
  groups: ReadyGroup[]
  /** Equal for workstreams of the run that claim the same; nothing where no other does. Derived. */
  claimsKey: number | undefined
}

/**
 *   PENDING ──► RUNNING (working ──► landing) ──► COMPLETED
 *      ▲           │                     └──────► FAILED
 *      └─ reopened ┴────────────────────────────► QUARANTINED ──release──► RUNNING
 */
export type WorkstreamPhase =
  | { readonly state: 'PENDING' }
  | { readonly state: 'RUNNING'; readonly stage: 'working' }
  | { readonly state: 'RUNNING'; readonly stage: 'landing'; readonly landing: LandingState }
  | { readonly state: 'COMPLETED'; readonly commit: string | undefined }
  | { readonly state: 'FAILED'; readonly reason: WorkstreamFailure }
  | { readonly state: 'QUARANTINED'; readonly reason: 'task' | 'landing' | 'base-discarded' }

/** A landing in progress. */
export interface LandingState {
  readonly attempt: number
  readonly isHeld: boolean
  readonly isApproved: boolean
  readonly isWithdrawing: boolean
}

/** One task of a run, through its attempts. */
export interface TaskState {
  readonly id: string
  readonly spec: TaskSpec
  readonly run: RunState
  readonly workstream: WorkstreamState
  /** Position in the plan: the last word in the order. */
  readonly index: number
  phase: TaskPhase
  round: number
  /** The number of the newest attempt. */
  attempt: number
  retriesSpent: number
  /** Ends that were not seen, in a row; three are a crash loop. */
  lostInRow: number
  /** Rate limits and overloads in a row, for their backoff. */
  throttledInRow: number
  /** What attempts whose end was not seen were settled at: a late report corrects it. */
  settled: readonly Settlement[]
  avoided: readonly string[]
  priority: number | undefined
  /** Set when it first became ready, and constant from then on. */
  level: number | undefined
  /** How many attempts had been started when it became ready. */
  startsAtReady: number
  estimateMs: number
  estimateUsd: number
  /** Needs that have not succeeded, and landings that are awaited. Derived. */
  unmet: number
  dependents: TaskState[]
  /** The same for tasks that need the same tools and resources. Derived. */
  class: TaskClass
  /** Where it lies among the ready tasks. Derived. */
  group: ReadyGroup | undefined
  /** The heaviest path from here to the run's end. Derived. */
  criticalMs: number
}

/** What an attempt whose end was not seen was settled at. */
export interface Settlement {
  readonly attempt: number
  readonly usd: number
  readonly scopes: readonly string[]
}

/** PENDING ──► READY ──► RUNNING ──► SUCCEEDED | FAILED | QUARANTINED | SKIPPED; a retry goes back to PENDING. */
export type TaskPhase =
  | { readonly state: 'PENDING'; readonly retryAt?: number }
  | { readonly state: 'READY' }
  | { readonly state: 'RUNNING'; readonly attempt: AttemptState }
  | { readonly state: 'SUCCEEDED'; readonly commit: string | undefined; readonly isReleased: boolean }
  | { readonly state: 'FAILED'; readonly failure: Failure }
  | { readonly state: 'QUARANTINED'; readonly breach: Breach; readonly commit: string | undefined }
  | { readonly state: 'SKIPPED'; readonly because: SkipReason }

/** An attempt that runs. */
export interface AttemptState {
  /** The key under which it is wanted. */
  readonly key: string
  readonly hostId: string
  readonly tool: string | undefined
  readonly account: string | undefined
  readonly reservedUsd: number
  readonly meteredUsd: number
  readonly interrupt: InterruptReason | undefined
  readonly isFinishing: boolean
  /** Nothing of it runs any more, so it takes no slot and no resource; what it did is being judged and kept. */
  readonly isExecuted: boolean
  readonly scopes: readonly string[]
}

/** Who acts: what it offers, and how much it does. */
export interface HostState {
  readonly id: string
  readonly offers: ReadonlySet<string>
  running: number
}

/** What is known of a tool. */
export interface ToolState {
  health: ToolHealth
  /** A limit below the configured one, after a rate limit. */
  throttle: { readonly limit: number; readonly raiseAt: number } | undefined
  running: number
}

/** closed ──quota──► open until the reset ──► probing (one attempt) ──success──► closed */
export interface AccountState {
  breaker:
    | { readonly state: 'closed' }
    | { readonly state: 'open'; readonly until: number }
    | { readonly state: 'probing' }
  running: number
  /** Quota answers without a reset time in a row, for the wait to grow. */
  exhaustedInRow: number
}

export interface LearnedEstimate {
  readonly ms: number
  readonly usd: number
  readonly samples: number
}

/** Slots for attempts where nothing else is configured. */
const defaultLimits: Readonly<Record<string, number>> = { slots: 3 }

export function initialRunState(options: { readonly ignoreCase?: boolean } = {}): RunMachineState {
  return {
    runs: new Map(),
    hosts: new Map(),
    tools: new Map(),
    accounts: new Map(),
    limits: defaultLimits,
    meters: new Meters(defaultLimits),
    claims: new ClaimTable({ ignoreCase: options.ignoreCase ?? false }),
    budgets: new BudgetBook(),
    learned: new Map(),
    answers: new Map(),
    predictions: new Map(),
    isDiskLow: false,
    ready: new ReadyQueue(),
    timers: new TimerQueue(),
    wanted: new Map(),
    starts: 0,
    orderBlocked: new Set(),
    awaitingClaims: new Set(),
    openHolders: new Set(),
  }
}

export function isTerminal(task: TaskState): boolean {
  const { state } = task.phase
  return state !== 'PENDING' && state !== 'READY' && state !== 'RUNNING'
}

export function isClosed(workstream: WorkstreamState): boolean {
  return workstream.phase.state !== 'PENDING' && workstream.phase.state !== 'RUNNING'
}

/** Nothing waits for it, or builds on it, any more: it landed, or a person gave it up. */
export function isGone({ phase }: WorkstreamState): boolean {
  return phase.state === 'COMPLETED' || (phase.state === 'FAILED' && phase.reason === 'discarded')
}

/** Whether anything may start in the run, as far as pauses go. */
export function mayStart(
  { isDiskLow }: Pick<RunMachineState, 'isDiskLow'>,
  { pauses, isCancelling }: RunState,
): boolean {
  return !isDiskLow && !isCancelling && !pauses.has('user') && !pauses.has('budget')
}

/** The landing of a workstream that is landing. */
export function landingStateOf({ key, phase }: WorkstreamState): LandingState {
  invariant(phase.state === 'RUNNING' && phase.stage === 'landing', 'it is landing', { workstream: key })
  return phase.landing
}

/** Whether landings matter to it: what was ready once since it began, or came back, waits for none that follow. */
export function waitsForLandings({ phase }: TaskState): boolean {
  return phase.state === 'PENDING' && phase.retryAt === undefined
}

/** Tasks of the workstream's present round. */
export function roundTasks(workstream: WorkstreamState): readonly TaskState[] {
  return workstream.tasks.filter((task) => task.round === workstream.round)
}
