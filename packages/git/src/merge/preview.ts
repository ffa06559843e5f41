import { WsError } from '@ws/core'
import type { GitRunOptions } from '../door/git.ts'
import type { ObjectId } from '../door/names.ts'
import type { Repository } from '../repository/repository.ts'
import { changedPathsOfAll } from '../changes/changed-paths.ts'
import type { ConflictedPath, MergeResult } from './merge-output.ts'
import { mergeAll, type MergedTrees, mergePair, type MergePair } from './merge-trees.ts'

/** A branch in flight, for the preview of all pairs. */
export interface PreviewBranch {
  readonly name: string
  readonly tip: ObjectId
  /** What it was built on: only what it changed since then can clash. */
  readonly base: ObjectId
}

/** What a merge would give: clean, or where it conflicts. */
export type MergePreview = Pick<MergedTrees, 'isClean' | 'conflicts'>

/** Two branches that would clash. */
export interface PairPreview {
  readonly branches: readonly [string, string]
  readonly conflicts: readonly ConflictedPath[]
}

/** What merging one branch would give. Nothing is left in the repository. */
export function previewMerge(
  repository: Repository,
  pair: MergePair,
  options: GitRunOptions = {},
): Promise<MergePreview> {
  return repository.content.withThrowawayObjects(async (room) => {
    const { isClean, conflicts } = await mergePair(room, pair, options)
    return { isClean, conflicts }
  })
}

/**
 * Which of these branches would clash with each other. Only pairs that meet are merged: two branches without a
 * path in common, and without a file of one where the other has a directory, cannot clash.
 */
export function previewPairs(
  repository: Repository,
  branches: readonly PreviewBranch[],
  options: GitRunOptions = {},
): Promise<PairPreview[]> {
  return repository.content.withThrowawayObjects(async (room) => {
    const commits = branches.map(({ base, tip }) => ({ before: base, after: tip }))
    const paths = (await changedPathsOfAll(room.git, commits, options)).map((changes) =>
      changes.map(({ path }) => path),
    )
    const pairs = meetingPairs(paths, repository.facts.ignoreCase)
    const results = await mergeAll(
      room,
      pairs.map(([a, b]) => ({ ours: branches[a]!.tip, theirs: branches[b]!.tip })),
      options,
    )
    if (results.length !== pairs.length)
      throw new WsError(
        'WS_GIT_MERGE_OUTPUT',
        `git answered for ${results.length} of ${pairs.length} pairs`,
        {
          details: { pairs: pairs.length, results: results.length },
        },
      )
    return pairs.flatMap(([a, b], index): PairPreview[] => {
      const { isClean, conflicts }: MergeResult = results[index]!
      return isClean ? [] : [{ branches: [branches[a]!.name, branches[b]!.name], conflicts }]
    })
  }, true)
}

/** The pairs of lists, by index, that share a path or hold one below another's. */
export function meetingPairs(
  lists: readonly (readonly string[])[],
  ignoreCase = false,
): (readonly [number, number])[] {
  const fold = (path: string) => (ignoreCase ? path.toLowerCase() : path)
  const files = new Map<string, Set<number>>()
  for (const [index, list] of lists.entries())
    for (const path of list) {
      const owners = files.get(fold(path))
      if (owners === undefined) files.set(fold(path), new Set([index]))
      else owners.add(index)
    }
  const met = new Set<number>()
  const meet = (a: number, b: number) => a !== b && met.add(Math.min(a, b) * lists.length + Math.max(a, b))
  for (const [path, owners] of files) {
    const own = [...owners]
    for (const [i, a] of own.entries()) for (const b of own.slice(i + 1)) meet(a, b)
    // A file of one may stand where another has a directory.
    for (let at = path.lastIndexOf('/'); at > 0; at = path.lastIndexOf('/', at - 1)) {
      const above = files.get(path.slice(0, at))
      if (above !== undefined) for (const a of own) for (const b of above) meet(a, b)
    }
  }
  return [...met]
    .toSorted((a, b) => a - b)
    .map((code) => [Math.floor(code / lists.length), code % lists.length] as const)
}
