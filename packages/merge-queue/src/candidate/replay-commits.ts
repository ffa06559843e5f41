import {
  type Git,
  type GitRunOptions,
  isObjectId,
  type ObjectId,
  parseObjectId,
  type Repository,
} from '@ws/git'
import type { FileConflict } from '../queue/queue-input.ts'
import { type CommitFacts, readCommit, splitMessage } from './commit-facts.ts'
import { mergeThreeWay, type Side } from './three-way.ts'
import { writeCandidate, writeLike } from './write-candidate.ts'

/** Commits put onto another one, or where that stopped. */
export type Replayed =
  | { readonly kind: 'replayed'; readonly tip: CommitFacts }
  | { readonly kind: 'conflicted'; readonly conflicts: readonly FileConflict[] }

/** What is replayed: the commits from `base` (not among them) to `commit`, onto `onto`. */
export interface Replay {
  readonly onto: CommitFacts
  readonly commit: CommitFacts
  readonly base: ObjectId
}

/**
 * Puts what a branch did since its base onto another commit, one commit for each of its own. A merge on the
 * branch counts as one commit with what it brought: leaving it out, as `git rebase` does, would lose how its
 * conflicts were resolved. A commit of which nothing is left is dropped.
 */
export async function replayCommits(
  repository: Repository,
  git: Git,
  replay: Replay,
  options: GitRunOptions = {},
): Promise<Replayed> {
  const commits = await ownCommits(repository, git, replay, options)
  let tip = replay.onto
  for (const [index, commit] of commits.entries()) {
    const [parent] = commit.parents
    if (parent === tip.id) {
      tip = commit
      continue
    }
    const before = parent === undefined ? undefined : await readCommit(repository, parent)
    const base = before ?? (await nothing(repository, git, options))
    const merged = await mergeThreeWay(repository, { ours: tip, theirs: commit, base }, options)
    if (merged.kind === 'unrelated') throw new Error('a merge with a named base has a base')
    if (merged.kind === 'conflicted')
      return { kind: 'conflicted', conflicts: nameCommit(merged.conflicts, commit, index, commits.length) }
    if (merged.tree === tip.tree) continue
    const at = Math.max(tip.at, commit.at)
    const draft = { tree: merged.tree, parents: [tip.id], at }
    tip = { ...commit, ...draft, id: await writeLike(git, commit, draft, options) }
  }
  return { kind: 'replayed', tip }
}

/** The branch's own commits, the oldest first; of a merge only the side that the branch was on. */
async function ownCommits(
  repository: Repository,
  git: Git,
  { commit, base }: Replay,
  options: GitRunOptions,
): Promise<CommitFacts[]> {
  const text = await git.text(['rev-list', '--first-parent', '--reverse', commit.id, `^${base}`], options)
  const ids = text.split('\n').filter((id) => isObjectId(id))
  return (await Promise.all(ids.map((id) => readCommit(repository, id)))).filter(
    (facts) => facts !== undefined,
  )
}

/** What begins a history of its own is replayed as a change that adds every file to nothing. */
async function nothing(repository: Repository, git: Git, options: GitRunOptions): Promise<Side> {
  const written = await git.text(['hash-object', '-t', 'tree', '-w', '--stdin'], { ...options, stdin: '' })
  const tree = parseObjectId(written)
  return { tree, id: await writeCandidate(repository, { tree, parents: [], message: 'nothing', at: 0 }) }
}

function nameCommit(
  conflicts: readonly FileConflict[],
  commit: CommitFacts,
  index: number,
  count: number,
): readonly FileConflict[] {
  if (count === 1) return conflicts
  const where = `at commit ${index + 1} of ${count}, "${splitMessage(commit).subject.slice(0, 80)}"`
  return conflicts.map((conflict) => ({ ...conflict, reason: `${conflict.reason}, ${where}` }))
}
