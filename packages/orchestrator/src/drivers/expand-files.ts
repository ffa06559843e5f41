import { glob } from 'node:fs/promises'
import { matchesClaim, type TaskWork } from '@ws/core'

/** The files that a task is given, and the patterns of its inputs that match nothing. */
export interface ExpandedFiles {
  readonly found: readonly string[]
  readonly missing: readonly string[]
}

/** Expands `inputs` and `files` in a worktree. An input that matches nothing is missing; a file may be yet to be made. */
export async function expandFiles(
  path: string,
  { inputs, files }: Pick<TaskWork, 'inputs' | 'files'>,
): Promise<ExpandedFiles> {
  if (inputs.length + files.length === 0) return { found: [], missing: [] }
  const all: string[] = []
  for await (const entry of glob('**/*', {
    cwd: path,
    withFileTypes: true,
    exclude: ({ name }) => name === '.git',
  }))
    if (entry.isFile()) all.push(toRelative(path, `${entry.parentPath}/${entry.name}`))
  all.sort()
  const matching = (pattern: string) => all.filter((file) => matchesClaim(pattern, file))
  const missing = inputs.filter((pattern) => matching(pattern).length === 0)
  const found = new Set([...inputs, ...files].flatMap(matching))
  return { found: [...found], missing }
}

function toRelative(root: string, path: string): string {
  return path.slice(root.length + 1).replaceAll('\\', '/')
}
