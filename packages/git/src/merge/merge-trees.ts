import { availableParallelism } from 'node:os'
import type { GitRunOptions } from '../door/git.ts'
import { type ObjectId, parseObjectId } from '../door/names.ts'
import { allEnded } from '../platform/all-ended.ts'
import { treeIn } from '../repository/commit.ts'
import type { MergePlace } from '../repository/merge-room.ts'
import type { Repository } from '../repository/repository.ts'
import { type ConflictWithHunks, findHunks } from './conflict-hunks.ts'
import { type MergeResult, parseMergeOutput, toConflicts } from './merge-output.ts'

/** Two commits to merge; `base` where it is not the one that git would find. */
export interface MergePair {
  readonly ours: ObjectId
  readonly theirs: ObjectId
  /** The inputs commit of `theirs`: what it was built on, whatever became of that since. */
  readonly base?: ObjectId
}

/** A merge that was made: its tree is in the repository, and nothing points to it yet. */
export interface MergedTrees {
  readonly isClean: boolean
  /** Where it is not clean, files hold conflict markers. */
  readonly tree: ObjectId
  readonly conflicts: readonly ConflictWithHunks[]
}

/**
 * Merges two commits without a worktree. Text is merged as text, whatever `.gitattributes` say: no merge driver
 * of anybody runs. A conflict is an answer, by file and lines.
 *
 * @example
 * const { isClean, tree, conflicts } = await mergeTrees(repository, { base: inputs, ours: target, theirs: branch })
 */
export async function mergeTrees(
  repository: Repository,
  pair: MergePair,
  options: GitRunOptions = {},
): Promise<MergedTrees> {
  const place: MergePlace = {
    git: await repository.content.bare(),
    readObject: (id) => repository.readObject(id),
    writeCommit: (draft) => repository.writeCommit(draft),
  }
  return mergePair(place, pair, options)
}

/** The same at any place. */
export async function mergePair(
  place: MergePlace,
  pair: MergePair,
  options: GitRunOptions = {},
): Promise<MergedTrees> {
  const [line = ''] = await toLines(place, [pair])
  const result = await mergeOne(place, line, options)
  return { ...result, conflicts: result.isClean ? [] : await findHunks(place, result, options) }
}

/** How many pairs are worth a process of their own. */
const pairsOfAProcess = 100

/** Merges pairs of commits, many in one process, and as many processes as there are processors. */
export async function mergeAll(
  place: MergePlace,
  pairs: readonly MergePair[],
  options: GitRunOptions = {},
): Promise<MergeResult[]> {
  const lines = await toLines(place, pairs)
  const processes = Math.max(1, Math.min(availableParallelism(), Math.floor(lines.length / pairsOfAProcess)))
  const share = Math.ceil(lines.length / processes)
  const shares = Array.from({ length: processes }, (_, i) => lines.slice(i * share, (i + 1) * share))
  return (await allEnded(shares.map((each) => mergeLines(place, each, options)))).flat()
}

/**
 * Pairs as `merge-tree` reads them. A base of the caller's own is put under both sides by synthetic commits:
 * `--merge-base` is not known to every git, and what runs should be what was tested.
 */
async function toLines(place: MergePlace, pairs: readonly MergePair[]): Promise<string[]> {
  const rebased = new Map<string, Promise<ObjectId>>()
  const onto = (commit: ObjectId, base: ObjectId | undefined): ObjectId | Promise<ObjectId> => {
    if (base === undefined) return commit
    const key = `${commit} ${base}`
    const made = rebased.get(key) ?? writeSynthetic(place, commit, base)
    rebased.set(key, made)
    return made
  }
  const lines: Promise<string>[] = pairs.map(async ({ ours, theirs, base }) => {
    const [a, b] = await Promise.all([onto(ours, base), onto(theirs, base)])
    return `${a} ${b}\n`
  })
  return allEnded(lines)
}

async function writeSynthetic(place: MergePlace, commit: ObjectId, base: ObjectId): Promise<ObjectId> {
  const tree = treeIn(commit, await place.readObject(commit))
  return place.writeCommit({ tree, parents: [base], message: 'synthetic', at: 0 })
}

const mergeOptions = ['-z', '--no-messages']

async function mergeLines(
  place: MergePlace,
  lines: readonly string[],
  options: GitRunOptions,
): Promise<MergeResult[]> {
  if (lines.length === 0) return []
  const { exitCode, stdout } = await place.git.run(
    ['merge-tree', '--write-tree', '--stdin', ...mergeOptions],
    {
      ...options,
      stdin: lines.join(''),
      okExitCodes: [0, 1, 129],
      timeoutMs: 600_000,
    },
  )
  if (exitCode !== 129) return parseMergeOutput(stdout)
  // Git 2.38 merges one pair a process.
  const results: MergeResult[] = []
  for (const line of lines) results.push(await mergeOne(place, line, options))
  return results
}

async function mergeOne({ git }: MergePlace, line: string, options: GitRunOptions): Promise<MergeResult> {
  const { exitCode, stdout } = await git.run(
    ['merge-tree', '--write-tree', ...mergeOptions, ...line.trim().split(' ')],
    { ...options, okExitCodes: [0, 1] },
  )
  const [tree = '', ...entries] = stdout.toString('utf8').split('\0')
  const conflicts = toConflicts(entries.filter((entry) => entry !== ''))
  return { isClean: exitCode === 0, tree: parseObjectId(tree), conflicts }
}
