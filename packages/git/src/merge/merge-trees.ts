import type { Git, GitRunOptions } from '../door/git.ts'
import { type ObjectId, parseObjectId } from '../door/names.ts'
import { writeCommit } from '../repository/commit.ts'
import { type MergeResult, parseMergeOutput, toConflicts } from './merge-output.ts'

/** Two commits to merge; `base` where it is not the one that git would find. */
export interface MergePair {
  readonly ours: ObjectId
  readonly theirs: ObjectId
  /** The inputs commit of `theirs`: what it was built on, whatever became of that since. */
  readonly base?: ObjectId
}

/** One pair. See `mergeAll`. */
export async function mergeTrees(
  git: Git,
  pair: MergePair,
  options: GitRunOptions = {},
): Promise<MergeResult> {
  const [result] = await mergeAll(git, [pair], options)
  if (result === undefined) throw new Error('merge-tree gave no answer')
  return result
}

/**
 * Merges pairs of commits without a worktree, all in one process. A base of the caller's own is put under both
 * sides by synthetic commits: `--merge-base` is not known to every git, and what runs should be what was tested.
 */
export async function mergeAll(
  git: Git,
  pairs: readonly MergePair[],
  options: GitRunOptions = {},
): Promise<MergeResult[]> {
  if (pairs.length === 0) return []
  const rebased = new Map<string, ObjectId>()
  const onto = async (commit: ObjectId, base: ObjectId | undefined) => {
    if (base === undefined) return commit
    const known = rebased.get(`${commit} ${base}`)
    if (known !== undefined) return known
    const made = await writeCommit(
      git,
      { tree: await treeOf(git, commit), parents: [base], message: 'synthetic', at: 0 },
      options,
    )
    rebased.set(`${commit} ${base}`, made)
    return made
  }
  const lines: string[] = []
  for (const { ours, theirs, base } of pairs)
    lines.push(`${await onto(ours, base)} ${await onto(theirs, base)}\n`)
  // Git 2.38 merges one pair a process.
  if (lines.length === 1) return [await mergeOne(git, lines[0]!, options)]
  const { exitCode, stdout } = await git.run(['merge-tree', '--write-tree', '--stdin', ...mergeOptions], {
    ...options,
    stdin: lines.join(''),
    okExitCodes: [0, 1, 129],
    timeoutMs: 600_000,
  })
  if (exitCode !== 129) return parseMergeOutput(stdout)
  const results: MergeResult[] = []
  for (const line of lines) results.push(await mergeOne(git, line, options))
  return results
}

const mergeOptions = ['-z', '--no-messages']

async function mergeOne(git: Git, line: string, options: GitRunOptions): Promise<MergeResult> {
  const { exitCode, stdout } = await git.run(
    ['merge-tree', '--write-tree', ...mergeOptions, ...line.trim().split(' ')],
    { ...options, okExitCodes: [0, 1] },
  )
  const [tree = '', ...entries] = stdout.toString('utf8').split('\0')
  const conflicts = toConflicts(entries.filter((entry) => entry !== ''))
  return { isClean: exitCode === 0, tree: parseObjectId(tree), conflicts }
}

async function treeOf(git: Git, commit: ObjectId): Promise<ObjectId> {
  return parseObjectId(await git.text(['rev-parse', '--verify', `${commit}^{tree}`]))
}
