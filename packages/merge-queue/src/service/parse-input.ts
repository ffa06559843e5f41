import { WsError } from '@ws/core'
import type * as z from 'zod'

/** Parses what somebody wrote; all that is wrong is said at once. @throws the code that is given */
export function parseInput<Schema extends z.ZodType>(
  schema: Schema,
  input: unknown,
  code: string,
): z.output<Schema> {
  const parsed = schema.safeParse(input)
  if (parsed.success) return parsed.data
  const problems = parsed.error.issues.map(({ path, message }) => ({
    path: path.map(String).join('.'),
    message,
  }))
  const said = problems.map(({ path, message }) => (path === '' ? message : `${path}: ${message}`))
  throw new WsError(code, said.join('; '), {
    details: { problems },
    hint: 'see the table of options in the README',
  })
}
