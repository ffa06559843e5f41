import * as z from 'zod'
import { BranchName } from '../words/branch-name.ts'
import { Id } from '../words/id.ts'
import { Priority } from '../words/priority.ts'
import { Claims } from './claim-item.ts'
import { Metadata, Text, Usd } from './fields.ts'
import { Guardrails } from './guardrails.ts'
import { WorkstreamMerge } from './settings.ts'
import { Task } from './task.ts'

/** One branch, one worktree, and the tasks that run in it. */
export const Workstream = z
  .strictObject({
    id: Id.describe('The name of the workstream, once in the plan.'),
    name: Text.optional().describe('What people see.'),
    owner: Text.optional().describe('Whose it is; the name of a tool chooses it for tasks that name none.'),
    priority: Priority.optional().describe('How urgent it is (medium where nothing is said).'),
    needs: z.array(Text).default([]).describe('Workstreams that must be done before.'),
    claims: Claims.optional().describe('What it may write; [] for work that only reads.'),
    holdUntil: z.enum(['landed', 'finished']).optional().describe('How long it holds its claims.'),
    branch: BranchName.optional().describe('Its branch (lane/<run>/<workstream> where nothing is said).'),
    worktreePath: Text.optional().describe(
      'Where its worktree should be; recorded, and used only when asked.',
    ),
    baseOn: z
      .enum(['dependencies', 'target'])
      .optional()
      .describe('target: it starts from the target, once what it needs has landed there.'),
    budget: z.strictObject({ usd: Usd }).optional().describe('What its tasks together may cost.'),
    checks: z
      .array(Text)
      .optional()
      .describe("The checks that its landing has to pass, instead of the plan's."),
    merge: WorkstreamMerge.optional().describe('How it lands.'),
    guardrails: Guardrails.optional().describe('What it may not do, besides what holds for the plan.'),
    metadata: Metadata.optional(),
    tasks: z
      .array(Task)
      .min(1, { error: 'expected at least one task' })
      .describe('What is to be done, one at a time, in the order of their needs.'),
  })
  .meta({ title: 'workstream' })

/** A workstream of a parsed plan. */
export type Workstream = z.output<typeof Workstream>
/** A workstream as people write it. */
export type WorkstreamInput = z.input<typeof Workstream>
