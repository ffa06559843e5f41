import type { GitRunOptions } from '../door/git.ts'
import type { ObjectId } from '../door/names.ts'
import type { Repository } from '../repository/repository.ts'
import type { ChangedPath } from './changed-paths.ts'
import { findNeighbours } from './find-neighbours.ts'
import { collisionKey, isGitLookAlike, linkEscape, prefixes } from './path-safety.ts'

/** A change that no claim can allow, because of what it is rather than where. */
export interface ChangeProblem {
  readonly kind: 'git-look-alike' | 'unreadable-name' | 'link-escape' | 'submodule' | 'collision'
  readonly path: string
  /** Where a link points, the name that is met, the commit of a submodule. */
  readonly detail: string
}

/** What changed, with what is dangerous in it. */
export interface InspectedChanges {
  readonly changes: readonly ChangedPath[]
  readonly problems: readonly ChangeProblem[]
}

/** What changed between a base and a tree, and which of it is dangerous on this or another platform. */
export async function inspectChanges(
  repository: Repository,
  base: ObjectId,
  tree: ObjectId,
  options: GitRunOptions = {},
): Promise<InspectedChanges> {
  const changes = await repository.diffPaths(base, tree, options)
  const problems: ChangeProblem[] = []
  for (const { path, after, before, isReadable } of changes) {
    if (!isReadable) problems.push({ kind: 'unreadable-name', path, detail: 'the name is not UTF-8' })
    if (after === null) continue
    if (path.split('/').some(isGitLookAlike)) problems.push({ kind: 'git-look-alike', path, detail: path })
    if (after.mode === '160000') problems.push({ kind: 'submodule', path, detail: after.id })
    else if (before?.mode === '160000') problems.push({ kind: 'submodule', path, detail: `was ${before.id}` })
    if (after.mode === '120000') {
      const target = (await repository.readObject(after.id))?.content.toString('utf8') ?? ''
      if (linkEscape(path, target) !== undefined) problems.push({ kind: 'link-escape', path, detail: target })
    }
  }
  const added = changes
    .filter(({ kind, isReadable }) => kind === 'added' && isReadable)
    .map(({ path }) => path)
  if (added.length > 0)
    problems.push(
      ...findCollisions(
        added,
        (await findNeighbours(repository, tree, added)) ?? (await listAll(repository, tree, options)),
      ),
    )
  return { changes, problems }
}

async function listAll(
  repository: Repository,
  tree: ObjectId,
  options: GitRunOptions,
): Promise<readonly string[]> {
  const git = await repository.content.bare()
  return git.items(['ls-tree', '-r', '-z', '--name-only', '--full-tree', tree], options)
}

/**
 * Added paths that some file system takes for another one of the tree: `A.ts` beside `a.ts`, two spellings of
 * `é`, and directories (`Src/x` beside `src/y`).
 */
export function findCollisions(added: readonly string[], all: readonly string[]): ChangeProblem[] {
  const wanted = new Map<string, string>()
  for (const path of added) for (const prefix of prefixes(path)) wanted.set(collisionKey(prefix), path)
  const spellings = new Map<string, Set<string>>()
  for (const path of all)
    for (const prefix of prefixes(path)) {
      const key = collisionKey(prefix)
      if (!wanted.has(key)) continue
      const known = spellings.get(key)
      if (known === undefined) spellings.set(key, new Set([prefix]))
      else known.add(prefix)
    }
  const problems: ChangeProblem[] = []
  for (const [key, names] of spellings) {
    const path = wanted.get(key) ?? key
    // Below two spellings of a directory everything differs: the directory is named, once.
    const parent = key.includes('/') ? key.slice(0, key.lastIndexOf('/')) : undefined
    if (names.size < 2 || (parent !== undefined && (spellings.get(parent)?.size ?? 0) > 1)) continue
    problems.push({ kind: 'collision', path, detail: [...names].toSorted().join(' and ') })
  }
  const order = ({ path, detail }: ChangeProblem) => `${path}\0${detail}`
  return problems.toSorted((a, b) => (order(a) < order(b) ? -1 : 1))
}
