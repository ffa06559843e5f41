import { type ObjectId, parseObjectId } from '../door/names.ts'

/** What merging two commits would give. */
export interface MergeResult {
  readonly isClean: boolean
  /** The merged tree; where it is not clean, files hold conflict markers. */
  readonly tree: ObjectId
  readonly conflicts: readonly ConflictedPath[]
}

/** A path that both sides changed in ways that do not fit. */
export interface ConflictedPath {
  readonly path: string
  /** The blobs of base, ours and theirs, where there is one. */
  readonly base: ObjectId | null
  readonly ours: ObjectId | null
  readonly theirs: ObjectId | null
}

/** Reads what `merge-tree --stdin -z --no-messages` writes: for each pair a status, a tree, conflicted entries, an empty item. */
export function parseMergeOutput(output: Buffer): MergeResult[] {
  const items = output.toString('utf8').split('\0')
  const results: MergeResult[] = []
  let at = 0
  while (at + 1 < items.length) {
    const isClean = items[at] === '1'
    const tree = parseObjectId(items[at + 1] ?? '')
    at += 2
    const entries: string[] = []
    while (at < items.length && items[at] !== '') entries.push(items[at++] ?? '')
    at += 1
    results.push({ isClean, tree, conflicts: toConflicts(entries) })
  }
  return results
}

/** Entries such as `100644 <id> <stage>\t<path>`; stage 1 is the base, 2 ours, 3 theirs. */
export function toConflicts(entries: readonly string[]): ConflictedPath[] {
  const paths = new Map<string, (ObjectId | null)[]>()
  for (const entry of entries) {
    const [, id = '', stage = '', path = ''] = /^\d+ ([0-9a-f]+) ([123])\t(.*)$/s.exec(entry) ?? []
    const stages = paths.get(path) ?? [null, null, null]
    stages[Number(stage) - 1] = parseObjectId(id)
    paths.set(path, stages)
  }
  return [...paths].map(([path, [base = null, ours = null, theirs = null]]) => ({ path, base, ours, theirs }))
}
