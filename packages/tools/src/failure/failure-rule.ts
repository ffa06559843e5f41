import * as z from 'zod'

/** What a tool or its service said when something went wrong, as far as it did. */
export interface ErrorFacts {
  readonly message?: string | undefined
  /** Of HTTP. */
  readonly status?: number | undefined
  /** The tool's own word for it: `usageLimitExceeded`, `error_max_turns`. */
  readonly code?: string | undefined
  readonly exitCode?: number | undefined
}

/** The reasons that a rule can give; the rest of `Failure` is seen by whoever runs the tool. */
export const FailureReason = z.enum([
  'auth',
  'rate-limited',
  'quota-exhausted',
  'overloaded',
  'context-exceeded',
  'over-reservation',
  'refused',
  'crashed',
  'infrastructure',
  'protocol',
])
export type FailureReason = z.output<typeof FailureReason>

/** Which failure an error is: every condition that is there has to hold. */
export const FailureRule = z
  .strictObject({
    status: z.array(z.int()).min(1).optional().describe('Status codes of HTTP.'),
    code: z.array(z.string()).min(1).optional().describe('The words that the tool uses for it.'),
    exitCode: z.array(z.int()).min(1).optional().describe('Exit codes of the process.'),
    pattern: z
      .string()
      .refine(isPattern, { error: 'expected a regular expression' })
      .optional()
      .describe('A regular expression over the message, without case.'),
    reason: FailureReason.describe('What it is.'),
  })
  .refine(
    ({ status, code, exitCode, pattern }) =>
      [status, code, exitCode, pattern].some((condition) => condition !== undefined),
    { error: 'expected at least one of status, code, exitCode and pattern' },
  )
  .meta({ title: 'failure rule' })
export type FailureRule = z.output<typeof FailureRule>

/** Whether a text is a regular expression. */
export function isPattern(text: string): boolean {
  try {
    return new RegExp(text, 'i') instanceof RegExp
  } catch {
    return false
  }
}
