// Submodules come up empty. Whoever fills one in, or puts files where it would be, works behind git's back: nothing
// below a submodule's path is in any list of changed or untracked files. So it is looked for.
import { copyFile, lstat, readdir, readFile, realpath, rm } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import type { GitRunOptions } from '../door/git.ts'
import { isInside } from '../platform/paths.ts'
import type { Repository } from '../repository/repository.ts'
import { slotGit } from './slot-index.ts'
import type { SlotRecord } from './slot-record.ts'

/** What lies where a submodule would be. */
export interface FoundSubmodule {
  readonly path: string
  /**
   * `clean`: as a clone came. `own`: files, or a repository with its git directory, that can be kept whole.
   * `elsewhere`: commits in a git directory that goes with the slot and lies outside of its files; these cannot.
   */
  readonly state: 'clean' | 'own' | 'elsewhere'
}

type Place = Pick<SlotRecord, 'id' | 'path' | 'sparse' | 'base' | 'admin'>

/**
 * Every submodule's path below which something lies.
 * @param nested repositories that git does not take for submodules: one that was just added is among them
 */
export async function findSubmodules(
  repository: Repository,
  record: Place,
  nested: readonly string[],
  options: GitRunOptions = {},
): Promise<FoundSubmodule[]> {
  const found: FoundSubmodule[] = []
  for (const path of nested)
    if ((await stateOf(repository, record, path, undefined)) === 'elsewhere')
      found.push({ path, state: 'elsewhere' })
  const git = await slotGit(repository, record)
  for (const item of await git.items(['ls-files', '-z', '--stage'], options)) {
    const [, path = ''] = /^160000 [0-9a-f]+ \d\t(.*)$/s.exec(item) ?? []
    if (path === '' || !(await isOwnDirectory(record.path, path))) continue
    if ((await readdir(join(record.path, path))).length === 0) continue
    // What its base says, not the index: that follows the files.
    const [entry = ''] = await git.items(['ls-tree', '-z', '--full-tree', record.base, '--', path], options)
    const pointer = /^160000 commit ([0-9a-f]+)\t/.exec(entry)?.[1]
    found.push({ path, state: await stateOf(repository, record, path, pointer) })
  }
  return found
}

/** Whether a slot may have submodules at all: `.gitmodules` names them, in its base or among its files. */
export async function mayHaveSubmodules(repository: Repository, { base, path }: Place): Promise<boolean> {
  const root = await repository.readObject(await repository.treeOf(base))
  if (root?.content.includes(' .gitmodules\0') === true) return true
  return lstat(join(path, '.gitmodules')).then(
    () => true,
    () => false,
  )
}

/** Empties them, as they came; for what was kept, or needs not be. */
export async function emptySubmodules(root: string, submodules: readonly FoundSubmodule[]): Promise<void> {
  for (const { path } of submodules) {
    if (!(await isOwnDirectory(root, path))) continue
    for (const name of await readdir(join(root, path)))
      await rm(join(root, path, name), { recursive: true, force: true, maxRetries: 3 })
  }
}

/** A link on the way, or in its place, leads to what is not the slot's. */
async function isOwnDirectory(root: string, path: string): Promise<boolean> {
  const way = await realpath(join(root, path)).catch(() => undefined)
  if (way !== join(await realpath(root), path)) return false
  return (await lstat(way)).isDirectory()
}

async function stateOf(
  repository: Repository,
  record: Place,
  path: string,
  pointer: string | undefined,
): Promise<FoundSubmodule['state']> {
  const root = join(record.path, path)
  const dot = await lstat(join(root, '.git')).catch(() => undefined)
  if (dot === undefined) return 'own'
  const text = dot.isFile() ? await readFile(join(root, '.git'), 'utf8').catch(() => '') : ''
  const gitDir = text === '' ? join(root, '.git') : resolve(root, text.replace(/^gitdir: /, '').trimEnd())
  if (await hasNoOwnCommits(gitDir, pointer))
    return (await hasNoOwnFiles(repository, record, root, gitDir)) ? 'clean' : 'own'
  // Where `git submodule` puts it in a linked worktree; the repository forgets it with the worktree.
  const admin = join(repository.facts.commonDir, 'worktrees', record.admin ?? '')
  return text !== '' && record.admin !== null && isInside(admin, gitDir) ? 'elsewhere' : 'own'
}

/**
 * `HEAD` and every branch are where the pointer or a remote's branch is. Read as files: its git might run something.
 */
async function hasNoOwnCommits(gitDir: string, pointer: string | undefined): Promise<boolean> {
  const read = (name: string) => readFile(join(gitDir, name), 'utf8').catch(() => '')
  const values = new Map<string, string>()
  for (const line of (await read('packed-refs')).split('\n')) {
    const [, id = '', name = ''] = /^([0-9a-f]+) (refs\/.+)$/.exec(line) ?? []
    if (name !== '') values.set(name, id)
  }
  for (const entry of await readdir(join(gitDir, 'refs'), { recursive: true, withFileTypes: true }).catch(
    () => [],
  )) {
    if (!entry.isFile()) continue
    const name = join(entry.parentPath, entry.name).slice(gitDir.length + 1)
    values.set(name, (await read(name)).trim())
  }
  const known = new Set<string | undefined>([pointer])
  for (const [name, id] of values) if (/^refs\/(?:remotes|tags)\//.test(name)) known.add(id)
  const own = [...values].filter(([name]) => !/^refs\/(?:remotes|tags)\//.test(name))
  const head = (await read('HEAD')).trim()
  const at = head.startsWith('ref: ') ? values.get(head.slice('ref: '.length)) : head
  return at !== undefined && known.has(at) && own.every(([, id]) => known.has(id))
}

/** No file differs from its index and none is untracked; looked at with our configuration and a copy of that index. */
async function hasNoOwnFiles(
  repository: Repository,
  { id }: Place,
  root: string,
  gitDir: string,
): Promise<boolean> {
  const git = await repository.content.forSlot(id, root)
  const indexFile = repository.content.slotFile(id, 'submodule-index')
  try {
    await copyFile(join(gitDir, 'index'), indexFile)
    const own = git.at({ indexFile })
    for (const args of [
      ['diff-files', '--name-only', '--ignore-submodules=dirty'],
      ['ls-files', '--others', '--exclude-standard'],
    ])
      if ((await own.text(args)) !== '') return false
    return true
  } catch {
    // What cannot be looked at is not known to be clean.
    return false
  } finally {
    await rm(indexFile, { force: true })
  }
}
