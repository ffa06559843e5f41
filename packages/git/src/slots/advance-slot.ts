import { WsError } from '@ws/core'
import { plainReason } from '../door/ref-writer.ts'
import type { Repository } from '../repository/repository.ts'
import { moveOn } from './checkout.ts'
import { exclusiveOptions, signalOf } from './create-slot.ts'
import { headBranch, requireIntact } from './registration.ts'
import { isIndexShared, rememberedTree } from './slot-index.ts'
import type { AdvanceSlotOptions } from './slot-options.ts'
import { type SlotRecord, writeRecord } from './slot-record.ts'

/**
 * Gives a slot in which nobody has worked yet to its work, on another base if need be. Its files come first: git
 * refuses, and nothing has changed, where one that is to move is not as we left it; after a crash they are moved
 * from wherever they are.
 * @throws `WS_GIT_SLOT_USED` for one with a commit or a change of its own
 */
export async function advanceSlot(
  repository: Repository,
  record: SlotRecord,
  options: AdvanceSlotOptions,
): Promise<SlotRecord> {
  const { wsDir, commonDir } = repository.facts
  await requireIntact(commonDir, record.path, record.admin ?? '')
  const base = await repository.resolveCommit(options.base, signalOf(options))
  const next: SlotRecord = { ...record, base, tip: base, work: options.work }
  const isThere = (await rememberedTree(repository, record.id)) === (await repository.treeOf(base))
  const place = { ...next, admin: next.admin ?? '' }
  const at = await repository.lookUp(record.branch)
  const isUnused =
    record.tip === record.base &&
    (at === record.base || at === base) &&
    (await headBranch(repository.git, record.admin ?? '')) === record.branch &&
    (await isIndexShared(repository, record))
  if (!isUnused || !(isThere || (await moveOn(repository, place, base, signalOf(options)))))
    throw new WsError(
      'WS_GIT_SLOT_USED',
      `somebody has worked in the slot ${JSON.stringify(record.slot)} already`,
      {
        details: { slot: record.slot },
        hint: 'pin its state and recycle it, or go on from it',
      },
    )
  if (at === base) await writeRecord(wsDir, next)
  else
    await repository.exclusively(async (exclusive) => {
      await repository.updateRefs(exclusive, [{ ref: record.branch, from: at, to: base }], plainReason)
      await writeRecord(wsDir, next)
    }, exclusiveOptions(options))
  return next
}
