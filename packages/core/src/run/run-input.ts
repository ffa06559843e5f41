import type { Breach, Failure } from '../errors/failure.ts'
import type { RunSpec, TaskSpec, WorkstreamSpec } from './run-spec.ts'

/** What people and programs ask for. Each carries an id, so that asking twice is asking once. */
export type RunCommand =
  | Command<'run.start', { readonly run: RunSpec }>
  | Command<
      'run.extend',
      OfRun & { readonly workstreams: readonly WorkstreamSpec[]; readonly tasks: readonly TaskSpec[] }
    >
  | Command<'run.pause', OfRun & { readonly now?: boolean }>
  | Command<'run.resume', OfRun & { readonly budgetUsd?: number }>
  | Command<'run.cancel', OfRun>
  | Command<'run.archive', OfRun>
  | Command<'task.retry', OfTask>
  | Command<'task.done', OfTask>
  | Command<'task.reprioritise', OfTask & { readonly priority: number }>
  | Command<'workstream.release', OfWorkstream>
  | Command<'workstream.retry', OfWorkstream>
  | Command<'workstream.discard', OfWorkstream>
  | Command<'workstream.approve', OfWorkstream>
  | Command<'limits.set', { readonly limits: Readonly<Record<string, number>> }>
  | Command<'budget.set', { readonly scope: string; readonly usd: number | undefined }>

/** What the world reports. An outcome with an old attempt number changes nothing but the ledger. */
export type RunOutcome = (
  | ({ readonly type: 'attempt.ended'; readonly outcome: AttemptOutcome; readonly usage: Usage } & OfAttempt)
  | ({ readonly type: 'attempt.metered'; readonly usage: Usage } & OfAttempt)
  /** Nothing of it runs any more; what it did has still to be judged and kept. */
  | ({ readonly type: 'attempt.executed' } & OfAttempt)
  | ({ readonly type: 'landing.ended'; readonly outcome: LandingOutcome } & OfLanding)
  | ({ readonly type: 'landing.held'; readonly by: 'approval' } & OfLanding)
  | { readonly type: 'host.joined'; readonly hostId: string; readonly offers: readonly string[] }
  | { readonly type: 'host.left'; readonly hostId: string }
  | {
      readonly type: 'tool.probed'
      readonly tool: string
      readonly health: ToolHealth
      readonly detail?: string
    }
  | { readonly type: 'disk.measured'; readonly isLow: boolean }
  | { readonly type: 'conflict.predicted'; readonly a: string; readonly b: string; readonly path: string }
  | { readonly type: 'timer.rang' }
) & { readonly commandId?: never }

/** Everything that the run machine may be told. */
export type RunInput = RunCommand | RunOutcome

type Command<Type extends string, Body> = { readonly type: Type; readonly commandId: string } & Body

/** Names a run. */
export interface OfRun {
  readonly runId: string
}
/** Names a task of a run. */
export interface OfTask extends OfRun {
  readonly taskId: string
}
/** Names one try at a task. */
export interface OfAttempt extends OfTask {
  /** The attempt's number: the fence. */
  readonly attempt: number
}
/** Names a workstream of a run. */
export interface OfWorkstream extends OfRun {
  readonly workstreamId: string
}
/** Names one try at landing a round of a workstream. */
export interface OfLanding extends OfWorkstream {
  readonly round: number
  /** Which try at landing this round: the fence. */
  readonly attempt: number
}

/** What an attempt used so far, as cumulative totals, so that repeating a report changes nothing. */
export interface Usage {
  readonly costUsd: number
  readonly tokens: number
  readonly durationMs: number
}

/** No usage at all. */
export const noUsage: Usage = { costUsd: 0, tokens: 0, durationMs: 0 }

/**
 * How an attempt ended. `commit` is absent where nothing changed; that of a breach is kept beside the branch, for a person
 * who vouches for it.
 */
export type AttemptOutcome =
  | { readonly kind: 'succeeded'; readonly commit?: string }
  | { readonly kind: 'failed'; readonly failure: Failure }
  | { readonly kind: 'breached'; readonly breach: Breach; readonly commit?: string }

/** How a landing ended. */
export type LandingOutcome =
  | { readonly kind: 'landed'; readonly commit: string }
  | { readonly kind: 'conflicted'; readonly paths: readonly string[] }
  | { readonly kind: 'rejected'; readonly checks: readonly string[] }
  | { readonly kind: 'breached'; readonly breach: Breach }
  | { readonly kind: 'withdrawn' }
  | { readonly kind: 'lost' }
  | { readonly kind: 'infrastructure'; readonly detail: string }

/** What a probe of a tool says. */
export type ToolHealth = 'healthy' | 'degraded' | 'unhealthy' | 'missing'
