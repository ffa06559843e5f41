import { WsError, type Clock } from '@ws/core'
import type { PermissionAnswer, PermissionAsk } from '@ws/tools'
import * as z from 'zod'
import type { ProcessTable } from '../platform/process-table.ts'
import type { ResolvedLaunch } from '../process/launch.ts'
import type { ProcessLimits } from '../slot/process-limits.ts'
import { optionError } from './option-error.ts'

/** What the platform's timers can count. */
const longestMs = 2_147_483_647

const Ms = (least = 1) => z.int().min(least).max(longestMs)

/** The settings of a pool, as JSON; those of a cluster are the same with more. */
export const PoolOptions = z.strictObject({
  cwd: z
    .string()
    .min(1)
    .optional()
    .describe('Where the tool works. Default: the working directory of this program.'),
  execution: z
    .enum(['auto', 'pooled', 'one-shot'])
    .default('auto')
    .describe('Warm processes or one for each turn; auto: warm where the tool can.'),
  restart: z
    .enum(['auto', 'manual'])
    .default('manual')
    .describe('auto: what crashed is started again; manual: by restartInstance.'),
  permission: z
    .enum(['read', 'ask', 'edit', 'all'])
    .default('edit')
    .describe('What the tool may do without being asked.'),
  model: z.string().min(1).optional(),
  configDir: z
    .string()
    .min(1)
    .optional()
    .describe("Directory for the tool's own settings; a folder in it for each instance."),
  settings: z.record(z.string(), z.unknown()).optional().describe('Settings that the adapter understands.'),
  env: z.record(z.string(), z.string()).default({}).describe('Set for the tool, over what its adapter says.'),
  secrets: z
    .array(z.string().min(1))
    .default([])
    .describe('Texts that are masked wherever the tool writes them.'),
  context: z
    .enum(['kept', 'fresh'])
    .default('kept')
    .describe('fresh: prompts without a session share nothing with those before them.'),
  sharedProcess: z
    .boolean()
    .default(false)
    .describe(
      'Several conversations at a time in one process, where the tool can: less memory, but one crash ends all of them.',
    ),
  sessionsPerProcess: z.int().min(1).max(64).default(4).describe('How many at a time, with sharedProcess.'),
  maxQueued: z
    .int()
    .min(1)
    .max(1_000_000)
    .default(100)
    .describe('Prompts that may wait for one instance, and answers for their reader.'),
  turnTimeoutMs: Ms().default(1_800_000).describe('How long a turn may take.'),
  idleTimeoutMs: Ms().default(300_000).describe('How long a turn may be silent.'),
  queueTimeoutMs: Ms().optional().describe('How long a prompt may wait for an instance. Default: no limit.'),
  readyTimeoutMs: Ms().default(30_000).describe('How long a process may need until it takes prompts.'),
  interruptMs: Ms().default(5_000).describe('How long a tool has to end its turn when it is asked to.'),
  endOfInputMs: Ms().default(2_000).describe('How long a process has to end after the end of its input.'),
  termMs: Ms().default(4_000).describe('How long it has after SIGTERM, before it is killed.'),
  exitGraceMs: Ms().default(10_000).describe('How long a one-shot process has to end after its answer.'),
  recycle: z
    .strictObject({
      turns: z.int().min(1).optional().describe('After so many turns.'),
      ageMs: Ms().optional().describe('After so long.'),
      memoryMb: z.number().positive().optional().describe('When it and what it started use more.'),
      spare: z.boolean().default(true).describe('The next process is warm before the old one goes.'),
    })
    .prefault({})
    .describe('When a process is replaced that works.'),
  backoff: z
    .strictObject({
      firstMs: Ms(0).default(500),
      factor: z.number().min(1).max(10).default(2),
      longestMs: Ms(0).default(30_000),
    })
    .prefault({})
    .describe('How long a restart waits after a crash.'),
  breaker: z
    .strictObject({
      crashes: z.int().min(1).default(5).describe('So many in a row, without a turn between them, open it.'),
      coolDownMs: Ms().default(60_000).describe('Then nothing is started for this time.'),
    })
    .prefault({})
    .describe('When a crash loop is given up for a while.'),
  healthEveryMs: Ms(0)
    .default(30_000)
    .describe('How often age, memory and liveness are looked at; 0: never.'),
  healthPrompt: z
    .string()
    .min(1)
    .optional()
    .describe(
      'Asked of idle instances at each look, in a conversation of its own, which costs a tool that holds only one the other; who does not answer is restarted.',
    ),
  healthTimeoutMs: Ms().default(10_000).describe('How long the answer may take.'),
  ledger: z
    .string()
    .min(1)
    .optional()
    .describe(
      'Folder in which processes are noted, so that a later program ends what a crash of this one left.',
    ),
})

/** Settings of a pool. */
export type PoolOptions = z.infer<typeof PoolOptions>

/** Settings of a pool as they may be given. */
export type PoolOptionsInput = z.input<typeof PoolOptions> & PoolPorts

/** What a pool is given that is no JSON. */
export interface PoolPorts {
  /** @default the system's */
  readonly clock?: Clock
  /** The processes of the machine. @default this machine's */
  readonly processes?: ProcessTable
  /** Shared with other pools. @default no limits */
  readonly limits?: ProcessLimits
  /** The environment of which tools get the allowed part. @default that of this program */
  readonly inheritedEnv?: Readonly<Record<string, string | undefined>>
  /** Answers what a tool asks, unless a prompt brings its own answer. */
  readonly decide?: (ask: PermissionAsk) => PermissionAnswer | Promise<PermissionAnswer>
  /** Puts a process into a sandbox; the name is part of what makes processes different. */
  readonly sandbox?: { readonly name: string; wrap(launch: ResolvedLaunch): ResolvedLaunch }
  /** Gets what a listener of `events` threw. */
  readonly onListenerError?: (error: unknown) => void
}

const portNames = [
  'clock',
  'processes',
  'limits',
  'inheritedEnv',
  'decide',
  'sandbox',
  'onListenerError',
] as const

/** Divides what was given into settings, checked and with their defaults, and ports. */
export function resolveOptions<Schema extends z.ZodType>(
  schema: Schema,
  given: object,
): { readonly settings: z.infer<Schema>; readonly ports: PoolPorts } {
  const ports: Record<string, unknown> = {}
  const rest: Record<string, unknown> = { ...given }
  for (const name of portNames) {
    if (rest[name] !== undefined) ports[name] = rest[name]
    delete rest[name]
  }
  const parsed = schema.safeParse(rest)
  if (parsed.success) return { settings: parsed.data, ports }
  throw optionError(schema, parsed.error.issues, rest)
}

/** @throws `WS_OPTION_RANGE` for a time of a prompt that no timer can keep. */
export function checkMs(option: string, ms: number | undefined): void {
  if (ms === undefined || (Number.isSafeInteger(ms) && ms >= 1 && ms <= longestMs)) return
  throw new WsError('WS_OPTION_RANGE', `${option} is ${ms}, expected a whole number from 1 to ${longestMs}`, {
    details: { options: [option], given: String(ms), minimum: 1, maximum: longestMs },
    hint: 'leave it out for what the pool has',
  })
}

/** @throws `WS_OPTION_RANGE` unless it is a whole number from 1 to 1000: none at all would wait for ever. */
export function checkCount(count: number): void {
  if (Number.isSafeInteger(count) && count >= 1 && count <= 1_000) return
  throw new WsError('WS_OPTION_RANGE', `count is ${count}, expected a whole number from 1 to 1000`, {
    details: { option: 'count', given: String(count), minimum: 1, maximum: 1_000 },
    hint: 'say how many instances there are to be',
  })
}
