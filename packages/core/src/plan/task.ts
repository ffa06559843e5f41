import * as z from 'zod'
import { Capability } from '../words/capability.ts'
import { Duration } from '../words/duration.ts'
import { Id } from '../words/id.ts'
import { Priority } from '../words/priority.ts'
import { ToolName } from '../words/tool-name.ts'
import { Claims } from './claim-item.ts'
import {
  Backoff,
  Command,
  Environment,
  Metadata,
  Milliseconds,
  Pattern,
  Text,
  Usd,
  saidOnce,
} from './fields.ts'
import { Guardrails } from './guardrails.ts'
import { Uses } from './settings.ts'

/** What a task is expected to cost and to take. */
const Estimate = z
  .strictObject({
    usd: Usd.optional(),
    minutes: z.number().nonnegative({ error: 'expected minutes, 0 or more' }).optional(),
  })
  .meta({ title: 'estimate' })

/** One tool invocation: a prompt for a tool, a plain command, or something that a person does. */
export const Task = z
  .strictObject({
    id: Id.describe('The name of the task, once in the plan.'),
    label: Text.optional().describe('What people see.'),
    role: z
      .enum(['work', 'plan', 'verify'])
      .default('work')
      .describe('verify: reads only, and what it writes is kept as artifacts.'),
    phase: Text.optional().describe('A name for steps that belong together.'),
    tool: ToolName.optional().describe('The tool that does it; person waits for one.'),
    model: Text.optional().describe('The model that the tool is asked to use.'),
    prompt: Text.optional().describe('What the tool is asked to do.'),
    run: Command.optional().describe('A plain command instead of a prompt.'),
    needs: z.array(Text).default([]).describe('Tasks that must have succeeded before.'),
    capabilities: z
      .array(Capability)
      .default([])
      .describe('What a tool must be able to do, where none is named.'),
    inputs: z
      .array(Pattern)
      .default([])
      .describe('Files that the tool is given; each pattern must match some.'),
    files: z.array(Pattern).default([]).describe('Files that it works on; its claims, where none are given.'),
    outputs: z
      .array(Pattern)
      .default([])
      .describe('Files that must be there afterwards; they belong to the claims.'),
    artifacts: z
      .array(Pattern)
      .default([])
      .describe('Files that are kept beside the report and never committed.'),
    claims: Claims.optional().describe(
      'What this task may write, where that is less than its workstream may.',
    ),
    estimate: Estimate.optional().describe('What it is expected to cost and to take.'),
    priority: Priority.optional().describe('How urgent it is, where that differs from its workstream.'),
    timeout: Duration.optional().describe(
      'How long an attempt may take (the larger of 5 minutes and three times the estimate where nothing is said).',
    ),
    timeoutMs: Milliseconds.optional(),
    retries: z.int().nonnegative().optional().describe('How often it is tried again when it failed.'),
    backoff: Backoff.optional().describe('The pauses between attempts.'),
    env: Environment.default({}).describe('Environment variables.'),
    required: z.boolean().default(true).describe('false: its failure does not fail the workstream.'),
    uses: Uses.default({}).describe('How much of named resources it takes while it runs.'),
    guardrails: Guardrails.optional().describe('What it may not do, besides what holds for the plan.'),
    metadata: Metadata.optional(),
  })
  .refine(...saidOnce('timeout'))
  .transform(({ timeout, ...task }) => (timeout === undefined ? task : { ...task, timeoutMs: timeout }))
  .meta({ title: 'task' })

/** A task of a parsed plan. */
export type Task = z.output<typeof Task>
/** A task as people write it. */
export type TaskInput = z.input<typeof Task>

/** The shortest time limit, for estimates that were too hopeful. */
const leastTimeoutMs = 5 * 60_000

/** How long an attempt at the task may take: what is said, else the larger of 5 minutes and three times the estimate. */
export function timeoutMsOf(
  task: Pick<Task, 'timeoutMs' | 'estimate'>,
  defaults: { readonly timeoutMs?: number | undefined } = {},
): number {
  const estimateMs = (task.estimate?.minutes ?? 0) * 60_000
  return task.timeoutMs ?? defaults.timeoutMs ?? Math.max(leastTimeoutMs, 3 * estimateMs)
}
