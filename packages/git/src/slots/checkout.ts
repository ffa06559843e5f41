import { mkdir, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Git, GitRunOptions } from '../door/git.ts'
import type { ObjectId } from '../door/names.ts'
import { writeFileAtomically } from '../platform/atomic-file.ts'
import { allEnded } from '../platform/all-ended.ts'
import type { Repository } from '../repository/repository.ts'
import { rememberTree, shareIndex, slotGit } from './slot-index.ts'
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
  /** The private index says what the files are, as after a snapshot: then only what differs is looked at. */
  readonly isIndexCurrent?: boolean
}

/**
 * Makes a slot's files those of a tree, through the private directory: no hook, filter or monitor of the
 * repository runs. What differs is written over; untracked files stay.
 */
export async function checkOut(
  repository: Repository,
  place: CheckoutPlace,
  tree: ObjectId,
  { isIndexCurrent = false, ...options }: CheckOutOptions = {},
): Promise<void> {
  const git = await laidOut(repository, place)
  const run = { ...options, timeoutMs: checkoutTimeoutMs }
  const isMoved = isIndexCurrent && (await isMovedTo(git, tree, run))
  if (!isMoved) await git.run(['read-tree', '--reset', '-u', tree], run)
  await remember(repository, place, tree)
}

/** The same where every file that changes is as the private index says; tells whether it was, and else changes nothing. */
export async function moveOn(
  repository: Repository,
  place: CheckoutPlace,
  tree: ObjectId,
  options: GitRunOptions = {},
): Promise<boolean> {
  const git = await laidOut(repository, place)
  const isMoved = await isMovedTo(git, tree, { ...options, timeoutMs: checkoutTimeoutMs })
  if (isMoved) await remember(repository, place, tree)
  return isMoved
}

/** Git on the files of a slot, told which of them there are to be. */
async function laidOut(repository: Repository, place: CheckoutPlace): Promise<Git> {
  const git = await slotGit(repository, place)
  const sparseFile = repository.content.slotFile(place.id, join('info', 'sparse-checkout'))
  if (place.sparse === null) await rm(sparseFile, { force: true })
  else {
    await mkdir(dirname(sparseFile), { recursive: true })
    await writeFileAtomically(sparseFile, sparsePatterns(place.sparse))
  }
  return git
}

/** Entries that are the same in index and tree are not even looked at. It refuses whatever is not as the index says. */
async function isMovedTo(git: Git, tree: ObjectId, options: GitRunOptions): Promise<boolean> {
  const { exitCode } = await git.run(['read-tree', '-m', '-u', tree], { ...options, okExitCodes: [0, 128] })
  return exitCode === 0
}

async function remember(repository: Repository, place: CheckoutPlace, tree: ObjectId): Promise<void> {
  await allEnded([
    shareIndex(repository, place),
    repository.treeOf(tree).then((id) => rememberTree(repository, place.id, id)),
  ])
}

/** Removes untracked files, nested repositories too; ignored ones stay, they are what makes a warm slot warm. */
export async function clean(
  repository: Repository,
  place: CheckoutPlace,
  includeIgnored: boolean,
  options: GitRunOptions = {},
): Promise<void> {
  const git = await slotGit(repository, place)
  await git.run(['clean', '-ffdq', ...(includeIgnored ? ['-x'] : [])], {
    ...options,
    timeoutMs: checkoutTimeoutMs,
  })
}
