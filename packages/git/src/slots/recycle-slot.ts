import { branchRef } from '../door/names.ts'
import { ownIdentity } from '../platform/processes.ts'
import type { Repository } from '../repository/repository.ts'
import { type Pinned, pinSlot } from '../rescue/pin.ts'
import { checkOut, clean, ignoresDiffer } from './checkout.ts'
import { checkBranch, defaultBranch, exclusiveOptions, pointHead, signalOf } from './create-slot.ts'
import { requireIntact } from './registration.ts'
import type { RecycleSlotOptions } from './slot-options.ts'
import { type SlotRecord, writeRecord } from './slot-record.ts'

/** A slot given to other work, with the proof that the earlier state is kept. */
export interface RecycledSlot {
  readonly record: SlotRecord
  readonly pinned: Pinned
}

/**
 * Gives a slot to other work: its state is pinned first, then only the files that differ are written and the
 * untracked ones removed. Ignored files stay (dependencies, caches), unless it is to be cold. The earlier
 * branch stays.
 */
export async function recycleSlot(
  repository: Repository,
  record: SlotRecord,
  options: RecycleSlotOptions,
): Promise<RecycledSlot> {
  await requireIntact(repository.facts.commonDir, record.path, record.admin ?? '')
  const base = await repository.resolveCommit(options.base, signalOf(options))
  const pinned = await pinSlot(repository, record, { reason: 'the slot was recycled', ...signalOf(options) })
  const next: SlotRecord = {
    ...record,
    state: 'making',
    branch: branchRef(options.branch ?? defaultBranch(options.work)),
    ownsBranch: true,
    base,
    tip: base,
    work: options.work,
    sparse: options.sparse ?? null,
    maker: ownIdentity(),
  }
  const { tree, nestedRepositories, refusedPaths } = pinned.snapshot
  const [, isOtherwiseIgnored] = await Promise.all([
    repository.exclusively(async (exclusive) => {
      await checkBranch(repository, next)
      await writeRecord(repository.facts.wsDir, next)
      await pointHead(repository, exclusive, next, base)
    }, exclusiveOptions(options)),
    ignoresDiffer(repository, tree, base),
  ])
  const place = { ...next, admin: next.admin ?? '' }
  const isSameShape = record.sparse === null && place.sparse === null
  await checkOut(repository, place, base, { ...signalOf(options), ...(isSameShape ? { from: tree } : {}) })
  // The snapshot took untracked files into our index, so the checkout removed them; clean finds what it could not know.
  if (options.isCold === true || isOtherwiseIgnored || nestedRepositories.length + refusedPaths.length > 0)
    await clean(repository, place, options.isCold === true, signalOf(options))
  const ready: SlotRecord = { ...next, state: 'ready' }
  await writeRecord(repository.facts.wsDir, ready)
  return { record: ready, pinned }
}
