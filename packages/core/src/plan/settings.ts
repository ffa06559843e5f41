import * as z from 'zod'
import { BranchName } from '../words/branch-name.ts'
import { Capability } from '../words/capability.ts'
import { Duration } from '../words/duration.ts'
import { canonicalTool, ToolName } from '../words/tool-name.ts'
import { Backoff, Command, Environment, Milliseconds, Pattern, Text, Usd, saidOnce } from './fields.ts'

const share = z
  .number()
  .gt(0, { error: 'expected a share above 0, at most 1' })
  .max(1, { error: 'expected a share above 0, at most 1' })

/** A limit in USD, and the shares of it at which a run is warned and stopped. */
export const Budget = z
  .strictObject({
    usd: Usd.describe('What everything together may cost.'),
    warnAt: share
      .optional()
      .describe('The share of it at which a warning is given (0.8 where nothing is said).'),
    stopAt: share
      .optional()
      .describe('The share of it from which no new task starts (0.95 where nothing is said).'),
  })
  .meta({ title: 'budget' })
export type Budget = z.output<typeof Budget>

/** A command that a branch has to pass before it lands. */
export const Check = z
  .strictObject({
    run: Command.describe('What is run on the would-be result; 0 passes.'),
    timeout: Duration.optional().describe('How long it may take.'),
    timeoutMs: Milliseconds.optional(),
    inputs: z
      .array(Pattern)
      .optional()
      .describe('The only files that it reads: where these are the same, so is its result.'),
    config: z
      .array(Pattern)
      .optional()
      .describe('Its configuration files, part of what its results are remembered by.'),
    env: Environment.optional().describe('Environment variables.'),
    version: z
      .union([Text, z.number().transform(String)])
      .optional()
      .describe('Change it to forget earlier results.'),
    retries: z
      .int()
      .nonnegative()
      .optional()
      .describe('How often a failure is tried again, for flaky checks.'),
    advisory: z.boolean().optional().describe('Run and reported, but not required.'),
  })
  .refine(...saidOnce('timeout'))
  .transform(({ timeout, ...check }) => (timeout === undefined ? check : { ...check, timeoutMs: timeout }))
  .meta({ title: 'check' })
export type Check = z.output<typeof Check>

const landing = {
  method: z
    .enum(['merge', 'squash', 'rebase', 'fast-forward'])
    .optional()
    .describe('How a branch becomes part of the target.'),
  target: BranchName.optional().describe('The branch to land on (the base where nothing is said).'),
  approve: z
    .enum(['auto', 'manual'])
    .optional()
    .describe('manual: a landing waits for a person after its checks.'),
}

/** How finished branches land. */
export const Merge = z
  .strictObject({
    ...landing,
    checks: z.array(Text).optional().describe('The checks that a landing has to pass.'),
    advisory: z.array(Text).optional().describe('Checks that are run and reported, but not required.'),
    testEach: z.boolean().optional().describe('Check every landing by itself, never several at once.'),
  })
  .meta({ title: 'merge' })
export type Merge = z.output<typeof Merge>

/** How one workstream lands, where that differs from the plan's `merge`. */
export const WorkstreamMerge = z
  .strictObject({
    ...landing,
    priority: z.int().nonnegative().optional().describe('Its place among those that could land; 0 first.'),
  })
  .meta({ title: 'merge of a workstream' })

/** What holds for each task that says nothing itself. */
export const Defaults = z
  .strictObject({
    tool: ToolName.optional().describe('The tool of tasks that name none and ask for no capability.'),
    model: Text.optional().describe('The model that the tool is asked to use.'),
    timeout: Duration.optional().describe('How long an attempt may take.'),
    timeoutMs: Milliseconds.optional(),
    retries: z
      .int()
      .nonnegative()
      .optional()
      .describe('How often a failed task is tried again (2 where nothing is said).'),
    backoff: Backoff.optional().describe('The pauses between attempts.'),
    env: Environment.optional().describe('Environment variables of every task.'),
    reserve: Usd.positive({ error: 'expected an amount in USD above 0' })
      .optional()
      .describe('USD set aside for an attempt of which no estimate is known.'),
  })
  .refine(...saidOnce('timeout'))
  .transform(({ timeout, ...defaults }) =>
    timeout === undefined ? defaults : { ...defaults, timeoutMs: timeout },
  )
  .meta({ title: 'defaults' })

/** What becomes of work that failed. */
export const OnFailure = z
  .strictObject({
    keepWorktree: z.boolean().optional().describe('Keep the worktree of a failed workstream.'),
    retries: z.int().nonnegative().optional().describe('How often a failed task is tried again.'),
    stop: z
      .enum(['none', 'dependents', 'run'])
      .optional()
      .describe('What a failure ends beyond what needs it: nothing, the rest of its workstream, or the run.'),
  })
  .meta({ title: 'failure policy' })

/** Where branches are pushed; nowhere unless told. */
export const Remote = z
  .strictObject({
    name: Text.optional().describe('The name of the remote, such as origin.'),
    push: z.enum(['none', 'branches', 'target']).optional().describe('What is pushed to it.'),
  })
  .meta({ title: 'remote' })

/** A tool as a plan or a project describes it: a new one, or what differs from the registry's entry. */
export const ToolSettings = z
  .strictObject({
    adapter: Text.optional().describe('How it is talked to.'),
    command: Text.optional().describe('The program.'),
    args: z.array(z.string()).optional().describe('Arguments that it always gets.'),
    env: Environment.optional().describe('Environment variables.'),
    mode: Text.optional(),
    model: Text.optional().describe('The model that it is asked to use.'),
    account: Text.optional().describe(
      'Who pays: quotas belong to accounts (the name of the tool where nothing is said).',
    ),
    capabilities: z.array(Capability).optional().describe('What it can do.'),
    costHint: z.number().nonnegative().optional().describe('How dear it is beside the others.'),
    fallback: z.array(ToolName).optional().describe('Tools that stand in for it when it is sick.'),
    execution: z
      .enum(['auto', 'pooled', 'one-shot'])
      .optional()
      .describe('Warm processes, or one for each task.'),
    maxInstances: z.int().positive().optional().describe('How many processes of it may live.'),
    limits: z.record(z.string(), z.number().nonnegative()).optional(),
    pricing: z
      .record(z.string(), z.number().nonnegative())
      .optional()
      .describe('USD for a million tokens, by kind.'),
    versionCommand: z.array(z.string()).min(1).optional(),
    healthCommand: z.array(z.string()).min(1).optional(),
  })
  .meta({ title: 'tool' })
export type ToolSettings = z.output<typeof ToolSettings>

/** Tools by name. */
export const Tools = z.record(ToolName, ToolSettings)

const slots = 'slots'

/** How much there is of a named resource; a tool's name bounds how many tasks it does at once. */
export const Limits = z.record(
  Text.refine((name) => name !== slots, {
    error: `expected another name: "${slots}" is what concurrency limits`,
  }).transform(canonicalTool),
  z.number().nonnegative(),
)

/** How much of named resources something takes. */
export const Uses = z.record(Text.transform(canonicalTool), z.number().nonnegative())

/** How claims are held and enforced. */
export const ClaimSettings = z
  .strictObject({
    enforce: z
      .enum(['quarantine', 'revert', 'warn'])
      .optional()
      .describe('What happens to changes outside the claims.'),
    holdUntil: z.enum(['landed', 'finished']).optional().describe('How long a workstream holds its claims.'),
  })
  .meta({ title: 'claim settings' })

/** One command or several, run in every new worktree. */
export const Setup = z
  .union([Text, z.array(Command)], { error: 'expected a command, or a list of commands' })
  .transform((commands): Command[] => (typeof commands === 'string' ? [commands] : commands))

/** Where tasks run: in a worktree of their own, or in place, which only read-only work may. */
export const RunSettings = z
  .strictObject({ isolation: z.enum(['worktree', 'none']).optional() })
  .meta({ title: 'run settings' })
