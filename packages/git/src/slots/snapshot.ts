// The content of a worktree as a tree, by plumbing and through the private directory. `git add` and `git status`
// look into nested repositories with a git that reads *their* configuration, where a monitor can be named; the
// commands here do not. The index used is ours: flags that a tool sets on its own, such as assume-unchanged, hide
// nothing.
import type { Git, GitOutput, GitRunOptions } from '../door/git.ts'
import { type ObjectId, parseObjectId } from '../door/names.ts'
import { isGitLookAlike } from '../changes/path-safety.ts'
import { allEnded } from '../platform/all-ended.ts'
import type { Repository } from '../repository/repository.ts'
import { rememberedTree, rememberTree, slotGit } from './slot-index.ts'
import type { SlotRecord } from './slot-record.ts'
import { findSubmodules, type FoundSubmodule, mayHaveSubmodules } from './submodules.ts'

/** A worktree's content at one moment. */
export interface Snapshot {
  readonly tree: ObjectId
  /** Directories with a repository of their own, and submodules with files of their own: these are not in the tree. */
  readonly nestedRepositories: readonly string[]
  /** What lies where a submodule would be. */
  readonly submodules: readonly FoundSubmodule[]
  /** Paths that git must never store, such as `.GIT/config`; not in the tree. */
  readonly refusedPaths: readonly string[]
}

/**
 * Brings the private index up to what the files are and writes the tree; where they are as the index says and
 * its tree is known, no more is done than to look. Ignored files are not in it.
 */
export async function takeSnapshot(
  repository: Repository,
  record: Pick<SlotRecord, 'id' | 'path' | 'sparse' | 'base' | 'admin'>,
  options: GitRunOptions = {},
): Promise<Snapshot> {
  const git = await slotGit(repository, record)
  const { present, gone, nested, refused, hasPointers } = await listChanges(git, options)
  const submodules =
    hasPointers || nested.length > 0 || (await mayHaveSubmodules(repository, record))
      ? await findSubmodules(repository, record, nested, options)
      : []
  const own = submodules.filter(({ state }) => state === 'own').map(({ path }) => path)
  const found = { nestedRepositories: [...nested, ...own], refusedPaths: refused, submodules }
  const known = present.length + gone.length > 0 ? undefined : await rememberedTree(repository, record.id)
  if (known !== undefined) return { tree: known, ...found }
  // Not `--force-remove`, which refuses what lay in a directory that is a symbolic link now. Any id of the
  // repository tells how long ids are.
  const nothing = '0'.repeat(record.base.length)
  if (gone.length > 0)
    await git.run(['update-index', '-z', '--index-info'], {
      ...options,
      stdin: toInput(gone.map((path) => `0 ${nothing}\t${path}`)),
    })
  if (present.length > 0)
    await git.run(['update-index', '-z', '--add', '--replace', '--remove', '--stdin'], {
      ...options,
      stdin: toInput(present),
      timeoutMs: 900_000,
    })
  const tree = parseObjectId(await git.text(['write-tree'], options))
  await rememberTree(repository, record.id, tree)
  return { tree, ...found }
}

/** What differs between the private index and the files. `present` and `gone` are bytes, as Latin-1. */
export interface ListedChanges {
  readonly present: readonly string[]
  readonly gone: readonly string[]
  readonly nested: readonly string[]
  readonly refused: readonly string[]
  /** A submodule is among what changed. */
  readonly hasPointers: boolean
}

/** Two looks at once: at the files that the index knows, by as many threads as there are, and for those it does not. */
async function listChanges(git: Git, options: GitRunOptions): Promise<ListedChanges> {
  const run = { ...options, timeoutMs: 900_000 }
  const [known, others] = await allEnded([
    // `dirty` looks for the commit that a submodule is at, and never into it.
    git.run(['diff-files', '-z', '--raw', '--no-renames', '--ignore-submodules=dirty'], run),
    git.run(['ls-files', '-z', '--others', '--exclude-standard'], run),
  ])
  // A name is bytes and need not be UTF-8; as Latin-1 it comes back to git as it was.
  const items = ({ stdout }: GitOutput) => stdout.toString('latin1').split('\0')
  return sortChanges(items(known), items(others))
}

/** `known`: `:<modes> <ids> <status>` and `<path>` in turn. Both lists end with an empty item. */
function sortChanges(known: readonly string[], others: readonly string[]): ListedChanges {
  const present: string[] = []
  const gone: string[] = []
  const nested: string[] = []
  const refused: string[] = []
  const sort = (path: string) => {
    if (decode(path).split('/').some(isGitLookAlike)) refused.push(decode(path))
    else if (path.endsWith('/')) nested.push(decode(path).slice(0, -1))
    else present.push(path)
  }
  let hasPointers = false
  for (let at = 0; at + 1 < known.length; at += 2) {
    const path = known[at + 1] ?? ''
    hasPointers ||= /\b160000\b/.test(known[at] ?? '')
    if (known[at]?.endsWith(' D') === true) gone.push(path)
    else sort(path)
  }
  for (const path of others) if (path !== '') sort(path)
  return { present, gone, nested, refused, hasPointers }
}

function decode(path: string): string {
  return Buffer.from(path, 'latin1').toString('utf8')
}

function toInput(paths: readonly string[]): Buffer {
  return Buffer.from(paths.map((path) => `${path}\0`).join(''), 'latin1')
}
