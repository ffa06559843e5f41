import * as z from 'zod'

const maxLength = 100

const pattern = new RegExp(`^[A-Za-z0-9][A-Za-z0-9._-]{0,${maxLength - 1}}$`)

const expected = `expected letters, digits, ".", "_" and "-", beginning with a letter or digit, at most ${maxLength} characters`

/**
 * A name that is safe everywhere it goes: in ref names (hence no `..`, no `.` or `.lock` at the end), file names
 * and keys.
 */
export const Id = z
  .string({
    error: (issue) => (issue.input === undefined ? undefined : `${expected}, in quotes if it is a number`),
  })
  .regex(pattern, { error: expected, abort: true })
  .refine((id) => !/\.\.|\.$|\.lock$/.test(id), {
    error: `${expected}, without ".." and without "." or ".lock" at the end`,
  })
