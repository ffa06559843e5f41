import type { Claim } from '../claims/claim.ts'
import type { Command } from '../plan/fields.ts'
import type { Check, ToolSettings } from '../plan/settings.ts'

/**
 * What hosts need to know of a run. The machine carries these parts unread, so that the log alone is enough to
 * go on after a crash, on this host or another.
 */
export interface RunWork {
  readonly mode: 'execute' | 'analyze'
  /** The branch that workstreams start from. */
  readonly base: string
  /** Every check that anything defines, by the name that it was defined under. */
  readonly checks: Readonly<Record<string, Check>>
  readonly remote: { readonly name: string; readonly push: 'none' | 'branches' | 'target' }
  /** Files that a command makes anew on what is to land. */
  readonly generated: Readonly<Record<string, Command>>
  /** What differs from the registry's entries. */
  readonly tools: Readonly<Record<string, ToolSettings>>
  readonly isolation: 'worktree' | 'none'
  /** Every landing is checked by itself. */
  readonly testEach: boolean
  /** Worktrees of what failed stay. */
  readonly keepWorktree: boolean
  /** The plan's own id, author, date and whatever it wants in the report. */
  readonly metadata: Readonly<Record<string, unknown>>
}

/** What hosts need to know of a workstream. */
export interface WorkstreamWork {
  readonly name?: string
  readonly owner?: string
  /** Where `lane/<run>/<workstream>` is not what is wanted. */
  readonly branch?: string
  /** Where the plan says its worktree should be; used only when asked. */
  readonly worktreePath?: string
  readonly baseOn: 'dependencies' | 'target'
  readonly setup: readonly Command[]
  readonly teardown: readonly Command[]
  readonly enforce: 'quarantine' | 'revert' | 'warn'
  readonly landing: LandingWork
  readonly metadata?: Readonly<Record<string, unknown>>
}

/** How a workstream lands. */
export interface LandingWork {
  readonly target: string
  readonly method: 'merge' | 'squash' | 'rebase' | 'fast-forward'
  readonly approve: 'auto' | 'manual'
  /** Names of checks that must pass. */
  readonly checks: readonly string[]
  /** Names of checks that are run and reported. */
  readonly advisory: readonly string[]
  readonly priority?: number
}

/** What hosts need to know of a task. */
export interface TaskWork {
  readonly label?: string
  readonly phase?: string
  readonly role: 'work' | 'plan' | 'verify'
  readonly prompt?: string
  readonly run?: Command
  readonly model?: string
  readonly inputs: readonly string[]
  readonly files: readonly string[]
  readonly outputs: readonly string[]
  readonly artifacts: readonly string[]
  readonly env: Readonly<Record<string, string>>
  readonly timeoutMs: number
  /** What it may write: its own claims, else its workstream's. */
  readonly claims: readonly Claim[]
  readonly guardrails: GuardrailWork
  readonly metadata?: Readonly<Record<string, unknown>>
}

/** What becomes of work that breaks a guardrail. */
export type GuardrailConsequence = 'quarantine' | 'fail' | 'warn'

/** Every guardrail that holds for a task; where several places speak of the same, the stricter one. */
export interface GuardrailWork {
  readonly forbidPaths: readonly GuardrailPattern[]
  readonly forbidPatterns: readonly GuardrailPattern[]
  /** What becomes of a secret in an added line; absent where nobody looks. */
  readonly secrets?: GuardrailConsequence
  readonly limits: readonly GuardrailLimit[]
  readonly commands: readonly GuardrailCommand[]
}

/** A path's glob, or an added line's regular expression. */
export interface GuardrailPattern {
  readonly pattern: string
  readonly consequence: GuardrailConsequence
}

/** The most of something. */
export interface GuardrailLimit {
  readonly what: 'files' | 'diff-lines' | 'output-bytes'
  readonly limit: number
  readonly consequence: GuardrailConsequence
}

/** A command that gets the difference. */
export interface GuardrailCommand {
  readonly run: Command
  readonly timeoutMs?: number
  readonly consequence: GuardrailConsequence
}
