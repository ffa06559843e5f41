import type { GitRunOptions } from '../door/git.ts'
import { type ObjectId, parseObjectId } from '../door/names.ts'
import type { MergePlace } from '../repository/merge-room.ts'
import type { ConflictedPath, MergeResult } from './merge-output.ts'

/** Lines of a merged file where both sides differ, counted from 1. */
export interface ConflictHunk {
  readonly line: number
  readonly ours: readonly string[]
  readonly theirs: readonly string[]
}

/** A conflicted path, with the lines. */
export interface ConflictWithHunks extends ConflictedPath {
  /** None for a file that is not text or that only one side has. */
  readonly hunks: readonly ConflictHunk[]
}

// A quarter of a megabyte of conflicted text is more than anybody reads, and so are a thousand files.
const maxBytes = 262_144
const maxFiles = 1_000

/** The hunks of the conflicted files of a merge. */
export async function findHunks(
  place: MergePlace,
  { tree, conflicts }: MergeResult,
  options: GitRunOptions = {},
): Promise<ConflictWithHunks[]> {
  const both = conflicts.filter(({ ours, theirs }) => ours !== null && theirs !== null).slice(0, maxFiles)
  const merged = await listBlobs(
    place,
    tree,
    both.map(({ path }) => path),
    options,
  )
  return Promise.all(
    conflicts.map(async (conflict) => {
      const id = merged.get(conflict.path)
      const object = id === undefined ? undefined : await place.readObject(id)
      return { ...conflict, hunks: parseHunks(object?.content.toString('utf8', 0, maxBytes) ?? '') }
    }),
  )
}

/** What a merged tree holds, conflict markers and all, at these paths. */
async function listBlobs(
  { git }: MergePlace,
  tree: ObjectId,
  paths: readonly string[],
  options: GitRunOptions,
): Promise<ReadonlyMap<string, ObjectId>> {
  const blobs = new Map<string, ObjectId>()
  if (paths.length === 0) return blobs
  for (const item of await git.items(['ls-tree', '-z', '--full-tree', tree, '--', ...paths], options)) {
    const [, id = '', path = ''] = /^\d+ blob ([0-9a-f]+)\t(.*)$/s.exec(item) ?? []
    if (path !== '') blobs.set(path, parseObjectId(id))
  }
  return blobs
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
