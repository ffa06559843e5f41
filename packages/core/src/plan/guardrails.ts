// oxlint-disable unicorn/no-thenable -- the setting is called "then"; its value is a word, never a function
import * as z from 'zod'
import { Duration } from '../words/duration.ts'
import { Command, Milliseconds, Pattern, saidOnce } from './fields.ts'

/** What happens to work that breaks a guardrail. */
const Then = z.enum(['quarantine', 'fail', 'warn'])

const then = Then.default('quarantine')

const patterns = (of: z.ZodType<string, string>) =>
  z
    .union([z.array(of), z.strictObject({ patterns: z.array(of), then })], {
      error: 'expected a list of patterns, or { patterns, then }',
    })
    .transform((rule) => (Array.isArray(rule) ? { patterns: rule, then: 'quarantine' as const } : rule))
    .optional()

const limit = z
  .union([z.int().nonnegative(), z.strictObject({ limit: z.int().nonnegative(), then })], {
    error: 'expected a whole number, or { limit, then }',
  })
  .transform((rule) => (typeof rule === 'number' ? { limit: rule, then: 'quarantine' as const } : rule))
  .optional()

const GuardCommand = z
  .strictObject({ run: Command, timeout: Duration.optional(), timeoutMs: Milliseconds.optional(), then })
  .refine(...saidOnce('timeout'))
  .transform(({ timeout, ...rule }) => (timeout === undefined ? rule : { ...rule, timeoutMs: timeout }))

/** What no task may do, whatever it claims. Where several places say something, the stricter wins. */
export const Guardrails = z
  .strictObject({
    forbidPaths: patterns(Pattern).describe('Paths that nobody may change.'),
    forbidPatterns: patterns(z.string().min(1)).describe('Regular expressions that no added line may match.'),
    secrets: z
      .union([z.boolean(), z.strictObject({ then })])
      .transform((rule) => (rule === true ? { then: 'quarantine' as const } : rule))
      .optional()
      .describe('Whether added lines are searched for secrets.'),
    maxFiles: limit.describe('How many files a task may change.'),
    maxDiffLines: limit.describe('How many lines a task may add and remove.'),
    maxOutputBytes: limit.describe('How much a tool may print.'),
    commands: z
      .array(
        z
          .union([Command, GuardCommand], { error: 'expected a command, or { run, timeout, then }' })
          .transform((rule) =>
            typeof rule === 'string' || Array.isArray(rule)
              ? { run: rule, then: 'quarantine' as const }
              : rule,
          ),
      )
      .optional()
      .describe(
        'Commands that get the difference on their standard input; another exit code than 0 breaks the guardrail.',
      ),
  })
  .meta({ title: 'guardrails' })
export type Guardrails = z.output<typeof Guardrails>
