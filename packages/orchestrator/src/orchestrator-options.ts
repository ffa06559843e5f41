import type { Check, Clock, Executor, Journal, Landing, Workspaces } from '@ws/core'
import { systemClock, WsError } from '@ws/core'
import type { Repository } from '@ws/git'
import type { ToolAdapter } from '@ws/tools'
import * as z from 'zod'
import { SteadyClock } from './platform/steady-clock.ts'

const schema = z.strictObject({
  concurrency: z.int().min(1).max(10_000).default(3),
  limits: z.record(z.string(), z.number().nonnegative()).default({}),
  hostId: z.string().min(1).default('local'),
  user: z.string().min(1).default('local'),
  listen: z.boolean().default(false),
  worktreesFolder: z.string().min(1).optional(),
  worktreesAhead: z.int().min(0).optional(),
  minFreeBytes: z.int().min(0).default(268_435_456),
})

/** How runs of a repository are led. */
export interface OrchestratorOptions {
  /** The repository, or a path in it. */
  readonly repo: string | Repository
  /** How many tasks run at once, of all runs together. @default 3 */
  readonly concurrency?: number
  /** How much there is of named resources, for all runs together. @default {} */
  readonly limits?: Readonly<Record<string, number>>
  /** @default 'local' */
  readonly hostId?: string
  /** Who pays where a run names nobody. @default 'local' */
  readonly user?: string
  /**
   * Whether this process joins where another leads, and lets others join where it leads itself. Without it, it leads or
   * is refused. @default false
   */
  readonly listen?: boolean
  /**
   * With `listen`, which of the runs that are known this process works on from the start, in its own environment; those
   * that another process works on stay there. @default none
   */
  readonly takesOn?: (runs: readonly string[]) => readonly string[]
  /** Checks of entries that no run has brought, by name: those of the project. @default {} */
  readonly checks?: Readonly<Record<string, Check>>
  /** Where worktrees are made, outside of the repository. @default `<repository>.ws` beside it */
  readonly worktreesFolder?: string
  /**
   * How many worktrees are made while their tasks still wait for a slot, so that none stands empty meanwhile; each takes
   * as much space as one at work. 0 for none. @default as many as slots are in use
   */
  readonly worktreesAhead?: number
  /** With less free space nothing new starts: runs pause with the reason `disk`. @default 268435456 */
  readonly minFreeBytes?: number
  /** @default a SQLite journal in the repository's git directory */
  readonly journal?: Journal
  /** @default processes of this machine: commands as they are, tools through a pool */
  readonly executor?: Executor
  /** How to talk to further tools, or to known ones in another way, by name. @default the built-in ones */
  readonly adapters?: Readonly<Record<string, ToolAdapter>>
  /** @default worktrees beside the repository */
  readonly workspaces?: Workspaces
  /** @default the merge queue */
  readonly landing?: Landing
  /** What tools, commands and set-up inherit. @default `process.env` */
  readonly env?: NodeJS.ProcessEnv
  /** @default the system's clock */
  readonly clock?: Clock
}

/** @throws `WS_ORCHESTRATOR_OPTIONS` naming every option that is out of range. */
export function resolveOptions(options: OrchestratorOptions) {
  const {
    repo,
    journal,
    executor,
    adapters,
    workspaces,
    landing,
    env,
    clock = systemClock(),
    takesOn = () => [],
    checks = {},
    ...plain
  } = options
  const parsed = schema.safeParse(plain)
  if (parsed.success)
    return Object.freeze({
      repo,
      journal,
      executor,
      adapters: adapters ?? {},
      workspaces,
      landing,
      env,
      clock: new SteadyClock(clock),
      takesOn,
      checks,
      ...parsed.data,
    })
  const problems = parsed.error.issues.map(
    ({ path, message }) => `${path.join('.') || 'options'}: ${message}`,
  )
  throw new WsError('WS_ORCHESTRATOR_OPTIONS', problems.join('; '), { details: { problems } })
}

/** Options with every default. */
export type ResolvedOptions = ReturnType<typeof resolveOptions>
