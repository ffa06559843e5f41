import type { Claim } from '../claims/claim.ts'
import type { RunWork, TaskWork, WorkstreamWork } from './work-spec.ts'

/**
 * A run as the run machine takes it: a plan with every default applied, every name resolved and nothing left
 * to look up. `resolveRun` makes it from a plan; embedders and the simulator may write it by hand.
 */
export interface RunSpec {
  readonly id: string
  readonly correlationId: string
  readonly name: string
  /** Who pays, for budgets per user and day. */
  readonly user: string
  /** The branch that the run starts from and lands on. */
  readonly target: string
  readonly workstreams: readonly WorkstreamSpec[]
  readonly tasks: readonly TaskSpec[]
  /** This run's own limits; the repository's bind as well. `concurrency` is the resource `slots`. */
  readonly limits: Readonly<Record<string, number>>
  /** Labels that a host must offer to act for this run (its environment, its functions). */
  readonly requires: readonly string[]
  readonly budget?: BudgetSpec
  readonly failurePolicy: FailurePolicy
  readonly onQuota: 'park' | 'fallback'
  /** What an attempt may cost where nothing is estimated or learned. */
  readonly reserveUsd: number
  /** For hosts; carried unread. */
  readonly work?: RunWork
}

/** A limit in USD, with the shares of it at which the run is warned and stopped. */
export interface BudgetSpec {
  readonly usd: number
  readonly warnAt: number
  readonly stopAt: number
}

/** What a failed task stops: nothing beyond what needs it, the rest of its workstream too, or the whole run. */
export type FailurePolicy = 'none' | 'dependents' | 'run'

/** One branch, one worktree, the tasks that run in it. */
export interface WorkstreamSpec {
  readonly id: string
  /** Lower is more urgent; 0 first, medium is 2. */
  readonly priority: number
  /** The union of what the workstream's tasks may write; empty for read-only work. */
  readonly claims: readonly Claim[]
  readonly holdUntil: 'landed' | 'finished'
  /** Whether there is something to land: false for read-only work and for `--mode analyze`. */
  readonly lands: boolean
  readonly budgetUsd?: number
  /** For hosts; carried unread. */
  readonly work?: WorkstreamWork
}

/** One tool invocation, or a plain command. */
export interface TaskSpec {
  readonly id: string
  readonly workstream: string
  readonly kind: 'tool' | 'command' | 'person'
  /** The tools that may do it, the preferred one first; empty for commands and persons. */
  readonly tools: readonly ToolChoice[]
  readonly needs: readonly string[]
  /** Workstreams that must have landed first (a verification on the merged target). */
  readonly needsLanded: readonly string[]
  readonly isRequired: boolean
  /** Lower is more urgent; where absent, the workstream's. */
  readonly priority?: number
  readonly estimateMs?: number
  readonly estimateUsd?: number
  readonly retries: number
  readonly backoff: BackoffSpec
  /** Demands on named resources, besides the slot that every task takes. */
  readonly uses: Readonly<Record<string, number>>
  /** Claims narrower than the workstream's, where the task has its own. */
  readonly claims?: readonly Claim[]
  /** Estimates are learned under this key; tasks that resemble each other share it. */
  readonly estimateKey: string
  /** For hosts; carried unread. */
  readonly work?: TaskWork
}

/** A tool and the account that pays for it; quotas belong to accounts. */
export interface ToolChoice {
  readonly tool: string
  readonly account: string
}

/** Exponential backoff between attempts. */
export interface BackoffSpec {
  readonly baseMs: number
  readonly factor: number
  readonly maxMs: number
}

/** One second, doubling, at most five minutes: long enough for an overloaded service, short for a person. */
export const defaultBackoff: BackoffSpec = { baseMs: 1_000, factor: 2, maxMs: 300_000 }
