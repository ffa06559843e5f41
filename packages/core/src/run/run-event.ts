import type { Claim } from '../claims/claim.ts'
import type { Breach, Failure, InterruptReason } from '../errors/failure.ts'
import type { CommandAnswer } from '../machine/machine.ts'
import type {
  LandingOutcome,
  OfAttempt,
  OfLanding,
  OfRun,
  OfTask,
  OfWorkstream,
  ToolHealth,
  Usage,
} from './run-input.ts'
import type { RunSpec, TaskSpec, WorkstreamSpec } from './run-spec.ts'

/** What happened in a repository's runs. Types are only added to; a changed meaning is a new type. */
export type RunEvent =
  // runs
  | ({ readonly type: 'run.started'; readonly run: RunSpec } & Pinned & OfRun)
  | ({
      readonly type: 'run.extended'
      readonly workstreams: readonly WorkstreamSpec[]
      readonly tasks: readonly RoundedTask[]
    } & Pinned &
      OfRun)
  | ({
      readonly type: 'run.paused'
      readonly reason: PauseReason
      readonly waits?: readonly PersonWait[]
    } & OfRun)
  | ({ readonly type: 'run.resumed'; readonly reason: PauseReason } & OfRun)
  | ({ readonly type: 'run.cancelling'; readonly because: 'asked' | 'task-failed' } & OfRun)
  | ({ readonly type: 'run.completed'; readonly counts: StateCounts } & OfRun)
  | ({ readonly type: 'run.failed'; readonly counts: StateCounts } & OfRun)
  | ({ readonly type: 'run.cancelled'; readonly counts: StateCounts } & OfRun)
  | ({ readonly type: 'run.reopened' } & OfRun)
  | ({ readonly type: 'run.archived' } & OfRun)
  // workstreams
  | ({
      readonly type: 'workstream.started'
      readonly round: number
      readonly bases: readonly string[]
    } & OfWorkstream)
  | ({ readonly type: 'workstream.completed'; readonly commit?: string } & OfWorkstream)
  | ({ readonly type: 'workstream.failed'; readonly reason: WorkstreamFailure } & OfWorkstream)
  | ({
      readonly type: 'workstream.quarantined'
      readonly reason: 'task' | 'landing' | 'base-discarded'
    } & OfWorkstream)
  | ({ readonly type: 'workstream.reopened'; readonly round: number } & OfWorkstream)
  | ({ readonly type: 'workstream.released' } & OfWorkstream)
  | ({ readonly type: 'workstream.stranded'; readonly base: string } & OfWorkstream)
  | ({ readonly type: 'workstream.unstranded' } & OfWorkstream)
  // tasks and attempts
  | ({ readonly type: 'task.ready' } & OfTask)
  | ({
      readonly type: 'task.started'
      readonly hostId: string
      readonly tool?: string
      readonly account?: string
      readonly reservedUsd: number
    } & OfAttempt)
  | ({ readonly type: 'task.metered'; readonly usage: Usage } & OfAttempt)
  | ({ readonly type: 'task.interrupted'; readonly by: InterruptReason } & OfAttempt)
  | ({ readonly type: 'task.finishing' } & OfAttempt)
  | ({ readonly type: 'task.executed' } & OfAttempt)
  | ({ readonly type: 'task.succeeded'; readonly usage: Usage; readonly commit?: string } & OfAttempt)
  | ({
      readonly type: 'task.retried'
      readonly usage: Usage
      readonly failure: Failure
      readonly retryAt: number
      readonly isSpent: boolean
      readonly avoid?: string
    } & OfAttempt)
  | ({ readonly type: 'task.failed'; readonly usage: Usage; readonly failure: Failure } & OfAttempt)
  | ({
      readonly type: 'task.quarantined'
      readonly usage: Usage
      readonly breach: Breach
      /** What it did, kept beside the branch. */
      readonly commit?: string
    } & OfAttempt)
  | ({ readonly type: 'task.cancelled'; readonly usage: Usage } & OfAttempt)
  | ({ readonly type: 'task.skipped'; readonly because: SkipReason } & OfTask)
  | ({ readonly type: 'task.revived'; readonly round: number } & OfTask)
  | ({
      readonly type: 'task.accepted'
      /** What it did, as it was kept. */
      readonly commit?: string
    } & OfTask)
  | ({ readonly type: 'task.reprioritised'; readonly priority: number } & OfTask)
  | ({ readonly type: 'attempt.superseded'; readonly usage: Usage } & OfAttempt)
  // claims
  | ({ readonly type: 'claim.granted'; readonly claims: readonly Claim[] } & OfWorkstream)
  | ({
      readonly type: 'claim.blocked'
      readonly holder: string
      readonly path: string
      readonly why: BlockReason
    } & OfWorkstream)
  | ({ readonly type: 'claim.released' } & OfWorkstream)
  | { readonly type: 'conflict.predicted'; readonly a: string; readonly b: string; readonly path: string }
  // landing, as far as the run sees it
  | ({ readonly type: 'landing.requested'; readonly after: readonly string[] } & OfLanding)
  | ({ readonly type: 'landing.held'; readonly by: 'approval' } & OfLanding)
  | ({ readonly type: 'landing.approved' } & OfLanding)
  | ({ readonly type: 'landing.withdrawing' } & OfLanding)
  | ({ readonly type: 'landing.settled'; readonly outcome: LandingOutcome } & OfLanding)
  // money, tools, hosts
  | {
      readonly type: 'budget.warned'
      readonly scope: string
      readonly spentUsd: number
      readonly limitUsd: number
    }
  | {
      readonly type: 'budget.stopped'
      readonly scope: string
      readonly spentUsd: number
      readonly limitUsd: number
    }
  | { readonly type: 'budget.changed'; readonly scope: string; readonly limitUsd?: number }
  | ({ readonly type: 'budget.blocked'; readonly scope: string; readonly wantsUsd: number } & OfTask)
  | { readonly type: 'budget.unblocked'; readonly scope: string }
  | { readonly type: 'quota.exhausted'; readonly account: string; readonly until: number }
  | { readonly type: 'quota.probing'; readonly account: string }
  | { readonly type: 'quota.recovered'; readonly account: string }
  | {
      readonly type: 'tool.throttled'
      readonly tool: string
      readonly limit: number
      readonly raiseAt: number
    }
  | {
      readonly type: 'tool.relaxed'
      readonly tool: string
      readonly limit?: number
      readonly raiseAt?: number
    }
  | {
      readonly type: 'tool.degraded'
      readonly tool: string
      readonly health: ToolHealth
      readonly detail?: string
    }
  | { readonly type: 'tool.recovered'; readonly tool: string }
  | { readonly type: 'host.joined'; readonly hostId: string; readonly offers: readonly string[] }
  | { readonly type: 'host.left'; readonly hostId: string }
  | { readonly type: 'disk.measured'; readonly isLow: boolean }
  | { readonly type: 'limits.changed'; readonly limits: Readonly<Record<string, number>> }
  | { readonly type: 'command.answered'; readonly commandId: string; readonly answer: CommandAnswer }

/** Estimates as they stood when the run started; what is learned later serves the next run. */
export interface Pinned {
  readonly estimates: Readonly<Record<string, { readonly ms: number; readonly usd: number }>>
}

/** A task added while running, with the round that it belongs to. */
export interface RoundedTask {
  readonly task: TaskSpec
  readonly round: number
}

/** Why a run starts nothing new; each reason is lifted by its own remedy. */
export type PauseReason = 'user' | 'budget' | 'disk' | 'no-host' | 'needs-person'

/** What waits for a person, and the command that moves it. */
export interface PersonWait {
  readonly id: string
  readonly waitsFor: 'done' | 'approve' | 'release'
}

/** Why a task was never started, or not finished. */
export type SkipReason =
  | { readonly reason: 'need-failed'; readonly need: string }
  | { readonly reason: 'base-lost'; readonly base: string }
  | { readonly reason: 'cancelled' }
  | { readonly reason: 'workstream-stopped'; readonly task: string }
  | { readonly reason: 'discarded' }

/** Why a workstream ended without landing. */
export type WorkstreamFailure =
  'task' | 'skipped' | 'conflicted' | 'rejected' | 'infrastructure' | 'cancelled' | 'discarded'

/**
 * Held: another holds it. Barrier: another has waited too long for it. Order: taking it now could lock both.
 * Landing: as many branches wait to land as may.
 */
export type BlockReason = 'held' | 'barrier' | 'order' | 'landing'

/** How many workstreams ended in which state. */
export interface StateCounts {
  readonly completed: number
  readonly failed: number
  readonly quarantined: number
}
