import { branchRef } from '../door/names.ts'
import { allEnded } from '../platform/all-ended.ts'
import { ownIdentity } from '../platform/processes.ts'
import type { Repository } from '../repository/repository.ts'
import { lookAtSlot, type Pinned, pinState, requireKept } from '../rescue/pin.ts'
import { checkOut, clean } from './checkout.ts'
import { checkBranch, defaultBranch, exclusiveOptions, signalOf } from './create-slot.ts'
import { pointHead, requireIntact } from './registration.ts'
import type { RecycleSlotOptions } from './slot-options.ts'
import { type SlotRecord, writeRecord } from './slot-record.ts'
import { emptySubmodules } from './submodules.ts'
import { branchReason } from './undo-slot.ts'

/** A slot given to other work, with the proof that the earlier state is kept. */
export interface RecycledSlot {
  readonly record: SlotRecord
  readonly pinned: Pinned
}

const reason = 'the slot was recycled'

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
  const held = await lookAtSlot(repository, record, { reason, ...signalOf(options) })
  requireKept(record, held.snapshot)
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
  const { tree, nestedRepositories, refusedPaths, submodules } = held.snapshot
  const pinned = await repository.exclusively(async (exclusive) => {
    await checkBranch(repository, next)
    // The pin and the new branch in one transaction; only then is the slot no longer what it was.
    const along = { changes: [{ ref: next.branch, from: null, to: base }], reason: branchReason(next) }
    const proof = await pinState(repository, exclusive, record, held, { reason, along })
    await writeRecord(repository.facts.wsDir, next)
    await pointHead(repository, exclusive, next)
    return proof
  }, exclusiveOptions(options))
  const place = { ...next, admin: next.admin ?? '' }
  await emptySubmodules(place.path, submodules)
  const isIndexCurrent = record.sparse === null && place.sparse === null
  const [, isOtherwiseIgnored] = await allEnded([
    checkOut(repository, place, base, { ...signalOf(options), isIndexCurrent }),
    // Files that were ignored before may be in the way, and only `clean` finds them.
    repository.ignoresDiffer(tree, base),
  ])
  // The snapshot took untracked files into our index, so the checkout removed them; clean finds what it could not know.
  if (options.isCold === true || isOtherwiseIgnored || nestedRepositories.length + refusedPaths.length > 0)
    await clean(repository, place, options.isCold === true, signalOf(options))
  const ready: SlotRecord = { ...next, state: 'ready' }
  await writeRecord(repository.facts.wsDir, ready)
  return { record: ready, pinned }
}
