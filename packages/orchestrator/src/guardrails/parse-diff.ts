import type { AddedLine } from './find-secrets.ts'

/** What a difference says, line by line. */
export interface DiffFacts {
  readonly added: readonly AddedLine[]
  readonly linesAdded: number
  readonly linesRemoved: number
}

// A file of a single line may be a bundle of megabytes; guardrails look at what a person could have written.
const maxLineLength = 20_000

/**
 * Reads what `git diff --unified=0 --no-prefix` says. Paths are taken from `+++` lines, which git quotes where they
 * hold odd characters; those are shown quoted.
 */
export function parseDiff(diff: string): DiffFacts {
  const added: AddedLine[] = []
  let path = ''
  let line = 0
  let linesRemoved = 0
  // Lines that still belong to the hunk: a removed line of `-- x` looks like a header otherwise.
  let [oldLeft, newLeft] = [0, 0]
  for (const text of diff.split('\n')) {
    if (oldLeft > 0 && text.startsWith('-')) {
      oldLeft -= 1
      linesRemoved += 1
    } else if (newLeft > 0 && text.startsWith('+')) {
      newLeft -= 1
      added.push({ path, line, text: text.slice(1, maxLineLength) })
      line += 1
    } else if (text.startsWith('+++ ')) path = text.slice(4).replace(/\t$/, '')
    else {
      const hunk = /^@@ -\d+(?:,(\d+))? \+(\d+)(?:,(\d+))? @@/.exec(text)
      if (hunk === null) continue
      oldLeft = Number(hunk[1] ?? 1)
      line = Number(hunk[2])
      newLeft = Number(hunk[3] ?? 1)
    }
  }
  return { added, linesAdded: added.length, linesRemoved }
}
