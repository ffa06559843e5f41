import * as z from 'zod'

/** What `git check-ref-format --branch` refuses, and what would be read as an option. */
const refused = /^[-/]|^@$|^HEAD$|[\p{Cc} ~^:?*[\\]|\.\.|@\{|\/\/|\/$|\.$|(^|\/)\.|\.lock(\/|$)/u

/** Whether git takes the text as the name of a branch. */
export function isBranchName(name: string): boolean {
  return name !== '' && !refused.test(name)
}

/** The name of a branch. */
export const BranchName = z
  .string()
  .refine(isBranchName, { error: 'expected a branch name that git accepts' })
