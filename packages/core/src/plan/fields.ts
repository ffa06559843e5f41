import * as z from 'zod'
import { Duration } from '../words/duration.ts'

/** Any text with something in it. */
export const Text = z.string().min(1, { error: 'expected some text' })

/** Amounts of money; nothing costs less than nothing. */
export const Usd = z.number().nonnegative({ error: 'expected an amount in USD, 0 or more' })

/** A span of time as code writes it; files write a duration. */
export const Milliseconds = z.int().positive().describe('The same in milliseconds, as programs write it.')

/** A path or glob, repository-relative. What a glob may be is checked with the claims, where its mistakes have names. */
export const Pattern = z.string().min(1, { error: 'expected a path or a glob such as src/**' })

/** A command line for a shell, or a program and its arguments, which need none. */
export const Command = z.union([Text, z.array(z.string()).min(1)], {
  error: 'expected a command line, or a list of a program and its arguments',
})
export type Command = z.output<typeof Command>

/** Environment variables. Numbers and booleans, as YAML reads `PORT: 3000`, are taken as text. */
export const Environment = z.record(
  z
    .string()
    .regex(/^[A-Za-z_][A-Za-z0-9_]*$/, { error: 'expected the name of a variable: letters, digits and _' }),
  z.union([z.string(), z.number(), z.boolean()], { error: 'expected a text' }).transform(String),
)

/** What others keep with a part of a plan; `@ws` passes it on to the report. */
export const Metadata = z.record(z.string(), z.unknown()).describe('Anything; it is passed on to the report.')

/** For schemas that take a duration in both forms: saying it twice would leave open which one counts. */
export function saidOnce<K extends string>(
  name: K,
): [(value: { [key in K | `${K}Ms`]?: unknown }) => boolean, { path: string[]; error: string }] {
  const inMs: `${K}Ms` = `${name}Ms`
  return [
    (value) => value[name] === undefined || value[inMs] === undefined,
    { path: [inMs], error: `expected ${name} or ${inMs}, not both` },
  ]
}

/** A pause that grows from attempt to attempt. */
export const Backoff = z
  .strictObject({
    base: Duration.optional().describe('The pause before the second attempt.'),
    baseMs: Milliseconds.optional(),
    factor: z.number().min(1).optional().describe('How much longer each next pause is.'),
    max: Duration.optional().describe('The longest pause.'),
    maxMs: Milliseconds.optional(),
  })
  .refine(...saidOnce('base'))
  .refine(...saidOnce('max'))
  .transform(({ base, max, ...backoff }) => ({
    ...backoff,
    ...(base === undefined ? {} : { baseMs: base }),
    ...(max === undefined ? {} : { maxMs: max }),
  }))
  .meta({ title: 'backoff' })
