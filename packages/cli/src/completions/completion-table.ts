import type { Command } from '../arguments/command.ts'
import { commonOptions } from '../arguments/parse-arguments.ts'

/** A word that may come next, and what it is for. */
export interface Candidate {
  readonly word: string
  readonly says: string
}

/** What may come after the words so far: `''` for the first one, `merge` for the second of that group. */
export interface CompletionTable {
  /** Words of commands by those before them. */
  readonly words: ReadonlyMap<string, readonly Candidate[]>
  /** Options by the whole name of a command. */
  readonly options: ReadonlyMap<string, readonly Candidate[]>
}

/** What a shell may offer, read off the commands. */
export function completionTable(commands: readonly Command[]): CompletionTable {
  const words = new Map<string, Candidate[]>()
  const options = new Map<string, readonly Candidate[]>()
  const offer = (before: string, candidate: Candidate) => {
    const known = words.get(before) ?? []
    if (!known.some(({ word }) => word === candidate.word)) words.set(before, [...known, candidate])
  }
  for (const { name, says, options: own } of commands) {
    const [first = '', second] = name.split(' ')
    const group = commands
      .filter((each) => each.name.startsWith(`${first} `))
      .map((each) => each.name.split(' ')[1])
    offer('', { word: first, says: second === undefined ? says : group.join(', ') })
    if (second !== undefined) offer(first, { word: second, says })
    options.set(
      name,
      Object.entries({ ...own, ...commonOptions }).map(([option, spec]) => ({
        word: `--${option}`,
        says: spec.says,
      })),
    )
  }
  return { words, options }
}
