import { existsSync } from 'node:fs'
import { resolve } from 'node:path'

/** What the arguments of `ws run` are. */
export interface SortedArguments {
  readonly files: readonly string[]
  readonly slugs: readonly string[]
  readonly prompts: readonly string[]
}

/** What plans are called, whether they are there or not. */
const planName = /\.(?:ya?ml|json[c5]?)$/i

/**
 * What is a file, or ends like a plan, is one, so that a misspelled file never becomes work for a tool; what has a space
 * is a prompt; the rest are slugs.
 */
export function sortArguments(given: readonly string[], cwd: string): SortedArguments {
  const sorted: Record<keyof SortedArguments, string[]> = { files: [], slugs: [], prompts: [] }
  for (const each of given) sorted[kindOf(each, cwd)].push(each)
  return sorted
}

function kindOf(given: string, cwd: string): keyof SortedArguments {
  if (planName.test(given) || existsSync(resolve(cwd, given))) return 'files'
  if (/\s/.test(given.trim())) return 'prompts'
  return /[/\\]/.test(given) ? 'files' : 'slugs'
}
