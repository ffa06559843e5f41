import { isWsError } from '@ws/core'
import { type GitRunOptions, type MergedTrees, mergeTrees, type ObjectId, type Repository } from '@ws/git'
import type { FileConflict } from '../queue/queue-input.ts'

/** A commit with its tree. */
export interface Side {
  readonly id: ObjectId
  readonly tree: ObjectId
}

/** What is merged. Without a base git's own is taken. */
export interface ThreeWay {
  readonly ours: Side
  readonly theirs: Side
  readonly base?: Side
}

/** The tree of a merge; or the files on which it stopped, with a tree that holds them with conflict markers. */
export type Merged =
  | { readonly kind: 'merged'; readonly tree: ObjectId }
  | { readonly kind: 'conflicted'; readonly tree: ObjectId; readonly conflicts: readonly FileConflict[] }
  | { readonly kind: 'unrelated' }

/** Merges without a worktree. */
export async function mergeThreeWay(
  repository: Repository,
  { ours, theirs, base }: ThreeWay,
  options: GitRunOptions = {},
): Promise<Merged> {
  // Where one side changed nothing, the other is the result: no process is needed to say so.
  if (ours.tree === theirs.tree || theirs.tree === base?.tree) return { kind: 'merged', tree: ours.tree }
  if (ours.tree === base?.tree) return { kind: 'merged', tree: theirs.tree }
  const pair = { ours: ours.id, theirs: theirs.id, ...(base === undefined ? {} : { base: base.id }) }
  try {
    const merged = await mergeTrees(repository, pair, options)
    if (merged.isClean) return { kind: 'merged', tree: merged.tree }
    return { kind: 'conflicted', tree: merged.tree, conflicts: describeConflicts(merged) }
  } catch (error) {
    if (isWsError(error) && /unrelated histories/.test(String(error.details['stderr'])))
      return { kind: 'unrelated' }
    throw error
  }
}

// What somebody reads, or a tool is prompted with; the whole is in the repository.
const mostFiles = 50
const mostHunks = 20
const mostText = 2_000

function describeConflicts({ conflicts }: MergedTrees): FileConflict[] {
  return conflicts.slice(0, mostFiles).map((conflict) => ({
    path: conflict.path,
    reason: reasonOf(conflict),
    hunks: conflict.hunks.slice(0, mostHunks).map((hunk) => ({
      line: hunk.line,
      ours: bounded(hunk.ours),
      theirs: bounded(hunk.theirs),
    })),
  }))
}

function reasonOf({
  base,
  ours,
  theirs,
}: Readonly<Record<'base' | 'ours' | 'theirs', ObjectId | null>>): string {
  if (ours === null && theirs === null) return 'renamed differently on both sides'
  if (ours === null)
    return base === null ? 'in the way of the target' : 'deleted on the target, changed on the branch'
  if (theirs === null)
    return base === null ? 'in the way of the branch' : 'changed on the target, deleted on the branch'
  return base === null ? 'added on both sides' : 'changed on both sides'
}

function bounded(lines: readonly string[]): string {
  const text = lines.join('\n')
  return text.length > mostText ? `${text.slice(0, mostText)}…` : text
}
