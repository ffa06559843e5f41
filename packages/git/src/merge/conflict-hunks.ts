import type { Git, GitRunOptions } from '../door/git.ts'
import type { MergeResult } from './merge-output.ts'
import type { PreviewConflict } from './preview.ts'

/** Lines of a merged file where both sides differ, counted from 1. */
export interface ConflictHunk {
  readonly line: number
  readonly ours: readonly string[]
  readonly theirs: readonly string[]
}

/** The hunks of every conflicted file of a merge; none for one that is not text or that only one side has. */
export async function findHunks(
  git: Git,
  { tree, conflicts }: MergeResult,
  options: GitRunOptions = {},
): Promise<PreviewConflict[]> {
  const found: PreviewConflict[] = []
  for (const conflict of conflicts) {
    const isContent = conflict.ours !== null && conflict.theirs !== null
    // A quarter of a megabyte of conflicted text is more than anybody reads.
    const text = isContent ? await readMerged(git, `${tree}:${conflict.path}`, options) : ''
    found.push({ ...conflict, hunks: parseHunks(text.slice(0, 262_144)) })
  }
  return found
}

async function readMerged(git: Git, object: string, options: GitRunOptions): Promise<string> {
  const { exitCode, stdout } = await git.run(['cat-file', 'blob', object], {
    ...options,
    okExitCodes: [0, 128],
  })
  return exitCode === 0 ? stdout.toString('utf8') : ''
}

/** Reads conflict markers. */
function parseHunks(text: string): ConflictHunk[] {
  const hunks: ConflictHunk[] = []
  let open: { line: number; ours: string[]; theirs: string[]; side: 'ours' | 'theirs' } | undefined
  for (const [index, line] of text.split('\n').entries()) {
    if (open === undefined) {
      if (line.startsWith('<<<<<<< ')) open = { line: index + 1, ours: [], theirs: [], side: 'ours' }
    } else if (line === '=======' && open.side === 'ours') open.side = 'theirs'
    else if (line.startsWith('>>>>>>> ')) {
      hunks.push({ line: open.line, ours: open.ours, theirs: open.theirs })
      open = undefined
    } else open[open.side].push(line)
  }
  return hunks
}
