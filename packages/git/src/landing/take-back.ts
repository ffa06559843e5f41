import { lstat, rm, rmdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Git, GitRunOptions } from '../door/git.ts'
import type { ObjectId } from '../door/names.ts'
import type { Repository } from '../repository/repository.ts'

/** A path as it was and as it was to be; `undefined` where there was none, or was to be none. */
interface Change {
  /** Bytes, as Latin-1. */
  readonly path: string
  readonly before: Entry | undefined
  readonly after: Entry | undefined
}

interface Entry {
  readonly mode: string
  readonly id: string
}

let counter = 0

/**
 * Puts a checkout back that git left half-way between `HEAD` and a commit ahead of it: a name that the file system does
 * not take, a full disk. Git had found all of these files clean. What is as that commit has it was written just now and
 * becomes again what it was, and what is missing comes back; everything else is a person's.
 */
export async function takeBack(
  repository: Repository,
  checkout: Git,
  to: ObjectId,
  options: GitRunOptions = {},
): Promise<void> {
  const { exitCode } = await checkout.run(['merge-base', '--is-ancestor', 'HEAD', to], {
    ...options,
    okExitCodes: [0, 1],
  })
  if (exitCode !== 0) return
  const bare = await repository.content.bare()
  const scratch = join(bare.place.cwd, `take-back-${process.pid}-${++counter}`)
  try {
    const changes = await readChanges(checkout, to, options)
    const written = await findWritten(checkout.at({ indexFile: `${scratch}-to` }), changes, options)
    const root = checkout.place.cwd
    for (const { path, before } of changes)
      if (before === undefined && written.has(path)) await removeFile(root, path)
    const lost: Change[] = []
    for (const change of changes) {
      if (change.before === undefined) continue
      if (written.has(change.path) || !(await exists(root, change.path))) lost.push(change)
    }
    if (lost.length === 0) return
    const own = checkout.at({ indexFile: `${scratch}-from` })
    await fillIndex(own, lost, ({ before }) => before, options)
    await own.run(['checkout-index', '--all', '--force', '--quiet'], { ...options, timeoutMs: 900_000 })
  } finally {
    await Promise.all(['to', 'from'].map((end) => rm(`${scratch}-${end}`, { force: true })))
  }
}

async function readChanges(git: Git, to: ObjectId, options: GitRunOptions): Promise<readonly Change[]> {
  const { stdout } = await git.run(
    ['diff-tree', '-r', '-z', '--raw', '--no-renames', '--no-abbrev', 'HEAD', to],
    options,
  )
  const items = stdout.toString('latin1').split('\0')
  const changes: Change[] = []
  for (let at = 0; at + 1 < items.length; at += 2) {
    const [modeBefore = '', modeAfter = '', idBefore = '', idAfter = ''] = items[at]!.slice(1).split(' ')
    changes.push({
      path: items[at + 1]!,
      before: entryOf(modeBefore, idBefore),
      after: entryOf(modeAfter, idAfter),
    })
  }
  return changes
}

/** Submodules are directories of their own, which git leaves alone. */
function entryOf(mode: string, id: string): Entry | undefined {
  return mode === '000000' || mode === '160000' ? undefined : { mode, id }
}

/** Paths that are on the disk as the commit has them. */
async function findWritten(
  git: Git,
  changes: readonly Change[],
  options: GitRunOptions,
): Promise<ReadonlySet<string>> {
  const wanted = changes.filter(({ after }) => after !== undefined)
  await fillIndex(git, wanted, ({ after }) => after, options)
  // Says by its exit code that some differ.
  await git.run(['update-index', '-q', '--refresh'], { ...options, okExitCodes: [0, 1], timeoutMs: 900_000 })
  const { stdout } = await git.run(['diff-files', '-z', '--name-only', '--no-renames'], options)
  const differing = new Set(stdout.toString('latin1').split('\0'))
  return new Set(wanted.map(({ path }) => path).filter((path) => !differing.has(path)))
}

async function fillIndex(
  git: Git,
  changes: readonly Change[],
  sideOf: (change: Change) => Entry | undefined,
  options: GitRunOptions,
): Promise<void> {
  const lines = changes.map((change) => {
    const { mode, id } = sideOf(change)!
    return `${mode} ${id}\t${change.path}\0`
  })
  const stdin = Buffer.from(lines.join(''), 'latin1')
  await git.run(['update-index', '-z', '--index-info'], { ...options, stdin })
}

/** Takes the file away, and the directories that were made for it. */
async function removeFile(root: string, path: string): Promise<void> {
  await rm(toFile(root, path), { force: true })
  for (let folder = dirname(path); folder !== '.'; folder = dirname(folder)) {
    const isEmpty = await rmdir(toFile(root, folder)).then(
      () => true,
      () => false,
    )
    if (!isEmpty) return
  }
}

async function exists(root: string, path: string): Promise<boolean> {
  return lstat(toFile(root, path)).then(
    () => true,
    () => false,
  )
}

/** A name is bytes and need not be UTF-8. */
function toFile(root: string, path: string): Buffer {
  return Buffer.concat([Buffer.from(`${root}/`), Buffer.from(path, 'latin1')])
}
