import { Priority } from '@ws/core'
import * as z from 'zod'

const Text = z.string().min(1, { error: 'expected some text' })

/** The ways in which a branch becomes part of its target. */
export const LandingMethods = z.enum(['merge', 'squash', 'rebase', 'fast-forward'])

const Claim = z.strictObject({
  path: Text,
  mode: z.enum(['exclusive', 'shared']),
  exclude: z.array(Text).optional(),
})

/** What is asked for when a branch is added to the queue. */
export const EntryInput = z
  .strictObject({
    branch: Text.describe('The branch; what counts is the commit that it holds now.'),
    commit: Text.optional().describe('Another commit than the one that the branch holds.'),
    id: Text.max(300).optional().describe('Adding the same id again is adding it once.'),
    target: Text.optional(),
    priority: Priority.optional(),
    level: z.int().min(0).optional().describe('The same as a number; 0 is the most urgent.'),
    checks: z
      .array(Text)
      .optional()
      .describe('What must pass. Without it, every check that is not advisory.'),
    advisory: z.array(Text).default([]),
    afterwards: z.array(Text).default([]),
    after: z.array(Text).default([]).describe('Entries that must have landed before.'),
    base: Text.optional().describe('The commit that the branch was built on; its merge base.'),
    claims: z.array(Claim).optional(),
    approve: z.enum(['auto', 'manual']).optional(),
    method: LandingMethods.optional(),
    message: Text.optional(),
    trailers: z
      .record(
        z.string().regex(/^[A-Za-z][A-Za-z0-9-]*$/, { error: 'expected letters, digits and "-"' }),
        z.string(),
      )
      .optional(),
  })
  .refine(({ priority, level }) => priority === undefined || level === undefined, {
    path: ['level'],
    error: 'expected priority or level, not both',
  })
export type EntryInput = z.input<typeof EntryInput>
export type ParsedEntryInput = z.output<typeof EntryInput>
