import { freshName } from '../platform/surroundings.ts'
import { lstat, mkdir, readFile, rename } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Exclusive } from '../locks/repository-lock.ts'
import type { Repository } from '../repository/repository.ts'
import { adminOf } from './registration.ts'
import { forgetRecord, type SlotRecord } from './slot-record.ts'

/** What git shows as the reason for which a slot's worktree is locked against `git worktree prune`. */
export const lockReason = 'in use by ws'

/** What the reflog of a branch that was made for a slot begins with: the proof that it is ours. */
export function branchReason({ id }: Pick<SlotRecord, 'id'>): string {
  return `ws: branch of ${id}`
}

/**
 * Takes back a slot that was never ready: nobody worked in it, so nothing in it is anybody's. Its branch goes
 * only if it is proven ours and still where it was made.
 */
export async function undoSlot(
  repository: Repository,
  exclusive: Exclusive,
  record: SlotRecord,
): Promise<void> {
  exclusive.require()
  if (await isOurRegistration(repository, record.path)) await moveAway(record.path)
  await unregister(repository, record.path)
  if (await isUnusedBranchOf(repository, record))
    await repository.updateRefs(
      exclusive,
      [{ ref: record.branch, from: record.base, to: null }],
      'ws: slot not made',
    )
  await repository.content.forgetSlot(record.id)
  await forgetRecord(repository.facts.wsDir, record)
}

/** Whether a directory is a worktree that we registered: its lock carries our reason. */
async function isOurRegistration(repository: Repository, path: string): Promise<boolean> {
  const { commonDir } = repository.facts
  const admin = await adminOf(commonDir, path)
  if (admin === undefined) return false
  const reason = await readFile(join(commonDir, 'worktrees', admin, 'locked'), 'utf8').catch(() => '')
  return reason.trim() === lockReason
}

async function isUnusedBranchOf(repository: Repository, record: SlotRecord): Promise<boolean> {
  if (!record.ownsBranch || (await repository.readRef(record.branch)) !== record.base) return false
  const log = await repository.git.text([
    'log',
    '--walk-reflogs',
    '--max-count=1',
    '--format=%gs',
    record.branch,
    '--',
  ])
  return log === branchReason(record)
}

/** Forgets a registration whose directory is gone. `worktree remove` would delete one that is still there. */
export async function unregister(repository: Repository, path: string): Promise<void> {
  if (await exists(path)) return
  // Twice: once for "even if dirty", once for "even if locked".
  await repository.git.run(['worktree', 'remove', '--force', '--force', '--', path], {
    okExitCodes: [0, 128],
  })
}

/** Where removed directories wait to be deleted: beside them, so that a rename is all it takes. */
export function trashFolder(path: string): string {
  return join(dirname(path), '.trash')
}

/** Renames a directory away; false if there is none. */
export async function moveAway(path: string, name: string = freshName()): Promise<boolean> {
  await mkdir(trashFolder(path), { recursive: true })
  try {
    await rename(path, join(trashFolder(path), name))
    return true
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return false
    throw error
  }
}

/** Whether anything is at a path; a look-up that fails for another reason than absence is an error. */
export async function exists(path: string): Promise<boolean> {
  try {
    await lstat(path)
    return true
  } catch (error) {
    if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR'))
      return false
    throw error
  }
}
