import * as z from 'zod'
import { BranchName } from '../words/branch-name.ts'
import { Id } from '../words/id.ts'
import { Metadata, Text } from './fields.ts'
import { Guardrails } from './guardrails.ts'
import {
  Budget,
  Check,
  ClaimSettings,
  Defaults,
  Limits,
  Merge,
  OnFailure,
  Remote,
  RunSettings,
  Setup,
  Tools,
} from './settings.ts'
import { Workstream } from './workstream.ts'

const group = z.array(Text).min(1, { error: 'expected at least one workstream' })

/** Workstreams that begin when all of the step before are done: together, or one after another. */
export const Step = z.union([z.strictObject({ parallel: group }), z.strictObject({ sequential: group })], {
  error: 'expected { parallel: […] } or { sequential: […] }',
})
export type Step = z.output<typeof Step>

/** What a plan and a project's settings have in common. */
export const sharedSettings = {
  base: BranchName.optional().describe('The branch to start from and to land on.'),
  concurrency: z
    .int()
    .positive()
    .optional()
    .describe('How many tasks run at once (3 where nothing is said).'),
  budget: Budget.optional().describe('What everything together may cost.'),
  checks: z.record(Id, Check).default({}).describe('Checks by name.'),
  merge: Merge.optional().describe('How finished branches land.'),
  defaults: Defaults.optional().describe('What holds for each task that says nothing itself.'),
  tools: Tools.default({}).describe("Tools by name: new ones, or what differs from the registry's."),
  limits: Limits.default({}).describe('How much there is of named resources.'),
  claims: ClaimSettings.optional().describe('How claims are held and enforced.'),
  guardrails: Guardrails.optional().describe('What no task may do, whatever it claims.'),
  onFailure: OnFailure.optional().describe('What becomes of work that failed.'),
  onQuota: z
    .enum(['park', 'fallback'])
    .optional()
    .describe('What a task does whose account has no quota left: wait, or take another tool.'),
  remote: Remote.optional().describe('Where branches are pushed; nowhere unless told.'),
  setup: Setup.optional().describe('Commands that are run in every new worktree.'),
  teardown: Setup.optional().describe('Commands that are run when a worktree is given up.'),
  run: RunSettings.optional().describe('Where tasks run.'),
}

/** What is to be done: workstreams, their tasks, checks and policies. What people write; unknown settings are mistakes. */
export const Plan = z
  .strictObject({
    version: z
      .literal(1, { error: 'expected 1, the version of the format' })
      .default(1)
      .describe('The version of the format.'),
    name: Text.optional().describe('What people see.'),
    id: Text.optional().describe("The plan's own name in other systems."),
    runId: Id.optional().describe('The id of its run; refused if there is such a run.'),
    correlationId: Text.optional().describe('Carried by every record, event and branch.'),
    createdAt: Text.optional().describe('When it was written.'),
    createdBy: Text.optional().describe('Who or what wrote it.'),
    ...sharedSettings,
    order: z
      .array(Step)
      .optional()
      .describe('Steps, each of which waits for the one before, besides what is needed.'),
    metadata: Metadata.optional(),
    workstreams: z
      .array(Workstream)
      .min(1, { error: 'expected at least one workstream' })
      .describe('What is to be done.'),
  })
  .meta({ title: 'plan' })

/** A parsed plan: names in one spelling, durations in milliseconds, priorities as numbers, nothing made up. */
export type Plan = z.output<typeof Plan>
/** A plan as people write it, in a file or in code. */
export type PlanInput = z.input<typeof Plan>
