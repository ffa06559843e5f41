import { copyFile, mkdir, open, readFile, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { GitRunOptions } from '../door/git.ts'
import type { ObjectId } from '../door/names.ts'
import { writeFileAtomically } from '../platform/atomic-file.ts'
import type { Repository } from '../repository/repository.ts'
import { sparsePatterns } from './sparse.ts'

/** A checkout of a large tree takes its time. */
const checkoutTimeoutMs = 900_000

export interface CheckoutPlace {
  /** The slot's id. */
  readonly id: string
  readonly path: string
  readonly admin: string
  readonly sparse: readonly string[] | null
}

export interface CheckOutOptions extends GitRunOptions {
  /** The tree that the files are known to be, with a private index that says so: then only what differs is looked at. */
  readonly from?: ObjectId
}

/**
 * Makes a slot's files those of a tree, through the private directory: no hook, filter or monitor of the
 * repository runs. What differs is written over; untracked files stay.
 */
export async function checkOut(
  repository: Repository,
  place: CheckoutPlace,
  tree: ObjectId,
  { from, ...options }: CheckOutOptions = {},
): Promise<void> {
  const slotGit = await repository.content.forSlot(place.id, place.path)
  const sparseFile = repository.content.slotFile(place.id, join('info', 'sparse-checkout'))
  if (place.sparse === null) await rm(sparseFile, { force: true })
  else {
    await mkdir(dirname(sparseFile), { recursive: true })
    await writeFileAtomically(sparseFile, sparsePatterns(place.sparse))
  }
  const isSparse = String(place.sparse !== null)
  const git = slotGit.at({ config: { 'core.sparseCheckout': isSparse, 'core.sparseCheckoutCone': isSparse } })
  const run = { ...options, timeoutMs: checkoutTimeoutMs }
  // Two trees: entries that are the same in both are not even looked at. It refuses, without a change, whatever
  // is not as it should be; `--reset` then looks at every file.
  const isMoved =
    from !== undefined &&
    (await git.run(['read-tree', '-m', '-u', from, tree], { ...run, okExitCodes: [0, 128] })).exitCode === 0
  if (!isMoved) await git.run(['read-tree', '--reset', '-u', tree], run)
  await shareIndex(repository, place)
}

/** Gives the worktree's own index the state of ours, so that the tool's git sees what is really there. */
export async function shareIndex(
  repository: Repository,
  { id, admin }: Pick<CheckoutPlace, 'id' | 'admin'>,
): Promise<void> {
  const index = join(repository.facts.commonDir, 'worktrees', admin, 'index')
  const own = repository.content.slotFile(id, 'index')
  await rm(`${index}.lock`, { force: true })
  await copyFile(own, index)
  await writeFile(repository.content.slotFile(id, 'shared'), await checksum(own))
}

/** Whether the worktree's own index is still the one that it was given: then nothing is staged in it. */
export async function isIndexShared(
  repository: Repository,
  { id, admin }: Pick<CheckoutPlace, 'id' | 'admin'>,
): Promise<boolean> {
  const index = join(repository.facts.commonDir, 'worktrees', admin, 'index')
  const given = await readFile(repository.content.slotFile(id, 'shared')).catch(() => undefined)
  return given !== undefined && (await checksum(index).catch(() => Buffer.alloc(0))).equals(given)
}

/** Size and end of an index: git ends it with the hash of all before. */
async function checksum(path: string): Promise<Buffer> {
  const file = await open(path, 'r')
  try {
    const { size } = await file.stat()
    const end = Buffer.alloc(32)
    await file.read(end, 0, 32, Math.max(0, size - 32))
    return Buffer.concat([Buffer.from(`${size} `), end])
  } finally {
    await file.close()
  }
}

/**
 * Whether what is ignored changes between two trees: then files that were ignored before may be in the way, and
 * only `clean` finds them.
 */
export async function ignoresDiffer(
  repository: Repository,
  before: ObjectId,
  after: ObjectId,
): Promise<boolean> {
  const git = await repository.content.bare()
  const { stdout } = await git.run(
    ['diff-tree', '-r', '-z', '--name-only', before, after, '--', ':(glob)**/.gitignore'],
    {
      env: { GIT_LITERAL_PATHSPECS: '0' },
    },
  )
  return stdout.length > 0
}

/** Removes untracked files, nested repositories too; ignored ones stay, they are what makes a warm slot warm. */
export async function clean(
  repository: Repository,
  { id, path }: Pick<CheckoutPlace, 'id' | 'path'>,
  includeIgnored: boolean,
  options: GitRunOptions = {},
): Promise<void> {
  const git = await repository.content.forSlot(id, path)
  await git.run(['clean', '-ffdq', ...(includeIgnored ? ['-x'] : [])], {
    ...options,
    timeoutMs: checkoutTimeoutMs,
  })
}
