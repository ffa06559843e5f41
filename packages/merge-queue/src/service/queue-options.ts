import { checkPattern, Duration, Priority } from '@ws/core'
import * as z from 'zod'
import type { CheckDefinition, CheckFunction } from '../checks/check-definition.ts'
import type { CheckCommandRunner } from '../checks/run-check.ts'
import type { EntryProblem } from '../queue/queue-effect.ts'
import type { EntrySpec } from '../queue/queue-spec.ts'
import { LandingMethods } from './entry-input.ts'

/** What is done about an entry that cannot land. */
export type Escalation =
  | 'retry'
  | 'declined'
  /** Its branch was repaired: the new commit, and what it was built on where that changed. */
  | { readonly commit: string; readonly base?: string }

/** Asked about each entry that conflicts or fails; without an answer it waits for a person. */
export type EscalationHandler = (
  problem: EntryProblem,
  entry: EntrySpec,
  options: { readonly signal: AbortSignal },
) => Escalation | undefined | void | Promise<Escalation | undefined | void>

const Text = z.string().min(1, { error: 'expected some text' })

const Command = z.union([Text, z.array(z.string()).min(1)], {
  error: 'expected a command line, or a list of a program and its arguments',
})

const Pattern = Text.refine((pattern) => checkPattern(pattern) === undefined, {
  error: 'expected a path or a glob such as src/**',
})

/** A whole number of a range, which is named where it is left. */
const whole = (least: number, most: number, what = 'a number') => {
  const error = `expected ${what} from ${least} to ${most}`
  return z.int({ error }).min(least, { error }).max(most, { error })
}

const milliseconds = (least: number, most: number) => whole(least, most, 'milliseconds')

const CheckRun = z.union([Command, z.custom<CheckFunction>((value) => typeof value === 'function')], {
  error: 'expected a command line, a list of a program and its arguments, or a function',
})

const name = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/, {
  error: 'expected letters, digits, ".", "_" and "-", beginning with a letter or digit',
})

const variable = z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/, { error: 'expected the name of a variable' })

/** How one check is run. A command passes with exit code 0, a function with `true`. */
export const CheckOptions = z
  .strictObject({
    run: CheckRun.describe('A line for a shell, a program with its arguments, or a function.'),
    timeout: Duration.optional().describe('How long it may take, such as 10m.'),
    timeoutMs: milliseconds(1, 86_400_000).optional(),
    env: z.record(variable, z.string()).default({}).describe('Variables that the command gets.'),
    inputs: z.array(Pattern).min(1).optional().describe('The only paths that it reads.'),
    config: z.array(Pattern).default([]).describe('Its configuration files, where `inputs` leave them out.'),
    inherits: z.array(variable).default([]).describe('Inherited variables on which its result depends.'),
    version: Text.optional().describe('Change it to forget earlier results.'),
    versionCommand: Command.optional().describe('What it prints belongs to what results are remembered by.'),
    retries: whole(0, 20).default(0),
    quarantined: z.boolean().default(false).describe('Known to be flaky: its failures do not count.'),
    checkout: z.boolean().default(true).describe('False for a function that needs no files.'),
  })
  .refine(({ timeout, timeoutMs }) => timeout === undefined || timeoutMs === undefined, {
    path: ['timeoutMs'],
    error: 'expected timeout or timeoutMs, not both',
  })
  .refine(({ checkout, run }) => checkout || typeof run === 'function', {
    path: ['checkout'],
    error: 'expected true: a command runs in a checkout',
  })
export type CheckOptions = z.output<typeof CheckOptions>

const CheckInput = z.union([CheckRun.transform((run) => CheckOptions.parse({ run })), CheckOptions])

const Generated = z.strictObject({
  run: Command,
  from: z
    .array(Pattern)
    .min(1)
    .optional()
    .describe('What it is made of; without it, it is made anew each time.'),
  timeoutMs: milliseconds(1, 86_400_000).default(600_000),
})

/** Everything about a queue that can be written down. Defaults are here and nowhere else. */
export const QueueOptions = z.strictObject({
  target: Text.default('main').describe('The branch that entries land on where they name none.'),
  checks: z.record(name, CheckInput).default({}),
  slots: whole(1, 256).default(2),
  policy: z.enum(['adaptive', 'serial', 'batch-bisect', 'speculative']).default('adaptive'),
  testEach: z.boolean().default(false),
  maxBatch: whole(1, 1_000).default(32),
  personChecks: z.array(name).optional(),
  method: LandingMethods.default('merge'),
  approve: z.enum(['auto', 'manual']).default('auto'),
  priority: Priority.default(2),
  remote: z
    .strictObject({
      name: Text,
      push: z.enum(['none', 'target']).default('none'),
      timeoutMs: milliseconds(100, 3_600_000).default(120_000),
    })
    .optional(),
  generated: z
    .record(Text, z.union([Command.transform((run) => Generated.parse({ run })), Generated]))
    .default({}),
  checkouts: z
    .strictObject({
      root: Text.optional(),
      caches: z.array(Text).default([]),
      minFreeBytes: z.int().min(0).default(268_435_456),
    })
    .prefault({}),
  file: Text.optional().describe('Where merge_queue.json is written.'),
  pollMs: milliseconds(50, 3_600_000).default(2_000),
  remotePollMs: milliseconds(1_000, 86_400_000).default(60_000),
  onEscalate: z.custom<EscalationHandler>((value) => typeof value === 'function').optional(),
  onCommand: z
    .custom<CheckCommandRunner>((value) => typeof value === 'function')
    .optional()
    .describe('Runs the commands of checks, where they are not to run in the environment of this process.'),
})
export type QueueOptions = z.output<typeof QueueOptions>
/** A queue's options as they may be given. */
export type QueueOptionsInput = z.input<typeof QueueOptions>

/** The checks as the drivers know them. */
export function toDefinitions(options: QueueOptions): ReadonlyMap<string, CheckDefinition> {
  return new Map(
    Object.entries(options.checks).map(([check, { timeout, timeoutMs, ...rest }]) => {
      const { run, env, inputs, config, inherits, version, versionCommand, checkout } = rest
      const definition: CheckDefinition = {
        name: check,
        run,
        env,
        config,
        inherits,
        checkout,
        timeoutMs: timeoutMs ?? timeout ?? 600_000,
        ...(inputs === undefined ? {} : { inputs }),
        ...(version === undefined ? {} : { version }),
        ...(versionCommand === undefined ? {} : { versionCommand }),
      }
      return [check, definition]
    }),
  )
}
