import { readdir, readFile, rename, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { WsError } from '@ws/core'
import type { Exclusive } from '../locks/repository-lock.ts'
import type { Repository } from '../repository/repository.ts'
import { type Pinned, pinSlot, requireKept } from '../rescue/pin.ts'
import { exclusiveOptions, signalOf } from './create-slot.ts'
import type { RemoveSlotOptions } from './slot-options.ts'
import { forgetRecord, listRecords, type SlotRecord, writeRecord } from './slot-record.ts'
import { exists, lockReason, moveAway, trashFolder, unregister } from './undo-slot.ts'

/** What became of a removed slot. */
export interface RemovedSlot {
  readonly pinned: Pinned
  /** The directory waits here to be deleted (`purge`), or `undefined` if it was left where it is. */
  readonly trash: string | undefined
}

/**
 * Removes a slot: its state is pinned, the directory renamed away, the registration forgotten. Deleting the
 * files is left for later (`purgeTrash`), when nobody waits for it.
 * @throws `WS_GIT_SLOT_LOCKED` if somebody else locked the worktree, `WS_GIT_SUBMODULE_WORK`
 */
export async function removeSlot(
  repository: Repository,
  record: SlotRecord,
  options: RemoveSlotOptions = {},
): Promise<RemovedSlot> {
  await refuseForeignLock(repository, record)
  const pinned = await pinSlot(repository, record, { reason: 'the slot was removed', ...signalOf(options) })
  if (record.isAdopted && options.deleteAdopted !== true) {
    await forgetRecord(repository.facts.wsDir, record)
    await repository.content.forgetSlot(record.id)
    return { pinned, trash: undefined }
  }
  requireKept(record, pinned.snapshot)
  const leaving: SlotRecord = {
    ...record,
    state: 'leaving',
    path: join(trashFolder(record.path), record.id),
    pinnedTree: pinned.snapshot.tree,
  }
  await repository.exclusively(async (exclusive) => {
    await writeRecord(repository.facts.wsDir, leaving)
    await finishRemoval(repository, exclusive, record)
    const tip = options.branch === 'delete' ? await repository.readRef(record.branch) : undefined
    if (tip !== undefined) await deleteBranch(repository, exclusive, record, pinned)
  }, exclusiveOptions(options))
  return { pinned, trash: leaving.path }
}

/** The part that a crash may interrupt; doing it again does what is left. */
export async function finishRemoval(
  repository: Repository,
  exclusive: Exclusive,
  record: SlotRecord,
): Promise<void> {
  exclusive.require()
  await moveAway(record.path, record.id)
  await unregister(repository, record.path)
  await forgetRecord(repository.facts.wsDir, record)
}

/**
 * Deletes the directory of a slot that left. What is deleted is looked at once more: a process that still held
 * it may have written after it was pinned, and then it is pinned again.
 */
export async function purgeSlot(repository: Repository, leaving: SlotRecord): Promise<Pinned | undefined> {
  const doomed = `${leaving.path}.deleting`
  const pinned = await repository.exclusively(async (exclusive) => {
    if (!(await exists(leaving.path))) return undefined
    // The registration is gone, and with it HEAD and the staged state: both were pinned on removal.
    const again = await pinSlot(
      repository,
      { ...leaving, admin: null },
      { exclusive, reason: 'written after removal', unlessTree: leaving.pinnedTree },
    )
    // Under another name nobody begins the same deletion.
    await rename(leaving.path, doomed)
    return again
  })
  await rm(doomed, { recursive: true, force: true, maxRetries: 3 })
  await repository.content.forgetSlot(leaving.id)
  await forgetRecord(repository.facts.wsDir, leaving)
  return pinned?.snapshot.tree === leaving.pinnedTree ? undefined : pinned
}

/**
 * Directories in the trash that no record speaks of: slots that were never ready, and deletions that were
 * interrupted. A removed slot's record is written before its directory comes here, so none of them is one.
 */
export async function strayTrash(repository: Repository, root: string): Promise<string[]> {
  const folder = trashFolder(join(root, 'any'))
  // In this order: the record of whatever is seen here was written before.
  const names = await readdir(folder).catch(() => [])
  const known = new Set((await listRecords(repository.facts.wsDir)).map(({ path }) => basename(path)))
  return names.filter((name) => !known.has(name)).map((name) => join(folder, name))
}

async function deleteBranch(
  repository: Repository,
  exclusive: Exclusive,
  record: SlotRecord,
  pinned: Pinned,
): Promise<void> {
  const tip = await repository.readRef(record.branch)
  if (tip === undefined) return
  const git = await repository.content.bare()
  const { exitCode } = await git.run(['merge-base', '--is-ancestor', tip, pinned.commit], {
    okExitCodes: [0, 1],
  })
  if (exitCode !== 0)
    throw new WsError('WS_GIT_NOT_PINNED', `the branch ${record.branch} moved after its state was pinned`, {
      details: { branch: record.branch, tip, pinned: pinned.commit },
      hint: 'the branch was left; remove the slot again',
    })
  await repository.updateRefs(exclusive, [{ ref: record.branch, from: tip, to: null }], 'ws: slot removed')
}

async function refuseForeignLock(
  repository: Repository,
  { admin, path, isAdopted }: SlotRecord,
): Promise<void> {
  if (admin === null || isAdopted) return
  const file = join(repository.facts.commonDir, 'worktrees', admin, 'locked')
  const reason = (await readFile(file, 'utf8').catch(() => lockReason)).trim()
  if (reason === lockReason) return
  throw new WsError(
    'WS_GIT_SLOT_LOCKED',
    `the worktree ${path} was locked by somebody else: ${reason || 'no reason given'}`,
    {
      details: { path, reason, slot: basename(path), root: dirname(path) },
      hint: `run "git worktree unlock" for it if it may go`,
    },
  )
}
