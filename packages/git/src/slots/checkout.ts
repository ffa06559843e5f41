import { copyFile, mkdir, rm } from 'node:fs/promises'
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

/**
 * Makes a slot's files those of a tree, through the private directory: no hook, filter or monitor of the
 * repository runs. What differs is written over; untracked files stay.
 */
export async function checkOut(
  repository: Repository,
  place: CheckoutPlace,
  tree: ObjectId,
  options: GitRunOptions = {},
): Promise<void> {
  const git = await repository.content.forSlot(place.id, place.path)
  const sparseFile = repository.content.slotFile(place.id, join('info', 'sparse-checkout'))
  if (place.sparse === null) await rm(sparseFile, { force: true })
  else {
    await mkdir(dirname(sparseFile), { recursive: true })
    await writeFileAtomically(sparseFile, sparsePatterns(place.sparse))
  }
  const isSparse = String(place.sparse !== null)
  await git
    .at({ config: { 'core.sparseCheckout': isSparse, 'core.sparseCheckoutCone': isSparse } })
    .run(['read-tree', '--reset', '-u', tree], { ...options, timeoutMs: checkoutTimeoutMs })
  await shareIndex(repository, place)
}

/** Gives the worktree's own index the state of ours, so that the tool's git sees what is really there. */
export async function shareIndex(
  repository: Repository,
  { id, admin }: Pick<CheckoutPlace, 'id' | 'admin'>,
): Promise<void> {
  const index = join(repository.facts.commonDir, 'worktrees', admin, 'index')
  await rm(`${index}.lock`, { force: true })
  await copyFile(repository.content.slotFile(id, 'index'), index)
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
