import { changedPaths } from '../changes/changed-paths.ts'
import { isProcessGone } from '../platform/processes.ts'
import type { Repository } from '../repository/repository.ts'
import { lookAtSlot, pinState, requireKept } from '../rescue/pin.ts'
import { requireIntact } from '../slots/registration.ts'
import { finishRemoval, purgeSlot } from '../slots/remove-slot.ts'
import { listRecords, type SlotRecord } from '../slots/slot-record.ts'
import type { Slots } from '../slots/slots.ts'
import { exists, undoSlot } from '../slots/undo-slot.ts'
import type { Diagnosis } from './finding.ts'

/** Slots that a crash left between two states, and slots that were cut off from the repository. */
export async function diagnoseSlots({ repository }: Slots): Promise<Diagnosis[]> {
  const records = await listRecords(repository.facts.wsDir)
  const diagnoses: Diagnosis[] = []
  for (const record of records) {
    const diagnosis = await diagnoseSlot(repository, record, records)
    if (diagnosis !== undefined) diagnoses.push(diagnosis)
  }
  return diagnoses
}

async function diagnoseSlot(
  repository: Repository,
  record: SlotRecord,
  records: readonly SlotRecord[],
): Promise<Diagnosis | undefined> {
  const { slot, state } = record
  switch (state) {
    case 'making': {
      // Making goes on outside the lock: as long as its process may live, it is not unfinished but under way.
      if (!isProcessGone(record.maker)) return undefined
      const message = `the slot ${slot} was being made when its process ended`
      return {
        finding: { kind: 'unfinished-slot', name: slot, message },
        mend: async () => {
          await keepForeign(repository, record)
          await repository.exclusively((exclusive) => undoSlot(repository, exclusive, record))
        },
      }
    }
    case 'leaving': {
      const live = records.find((other) => other.id === record.id && other.state !== 'leaving')
      // Meant, and not begun: the slot goes on.
      if (live !== undefined && !(await exists(record.path)) && (await exists(live.path))) return undefined
      const message = `the removed slot ${slot} was not deleted yet`
      return {
        finding: { kind: 'unfinished-removal', name: slot, message },
        mend: async () => {
          if (live !== undefined)
            await repository.exclusively((exclusive) => finishRemoval(repository, exclusive, live))
          await purgeSlot(repository, record)
        },
      }
    }
    case 'ready': {
      if (!(await exists(record.path))) return undefined
      try {
        await requireIntact(repository.facts.commonDir, record.path, record.admin ?? '')
        return undefined
      } catch (error) {
        const message = error instanceof Error ? error.message : String(error)
        return { finding: { kind: 'broken-isolation', name: slot, message } }
      }
    }
  }
}

/**
 * Nobody works in a slot that is not ready, and what it held before was pinned. Somebody may have put something there
 * since its maker died: whatever is not of its base is pinned.
 */
async function keepForeign(repository: Repository, record: SlotRecord): Promise<void> {
  // Its index, and perhaps a lock, are of the checkout that was interrupted.
  await repository.content.forgetSlot(record.id)
  const held = await lookAtSlot(repository, record)
  const { tree, nestedRepositories, refusedPaths } = held.snapshot
  const changes = await changedPaths(await repository.content.bare(), record.base, tree)
  const isForeign =
    nestedRepositories.length + refusedPaths.length + held.further.length > 0 ||
    held.parents.some((id) => id !== record.base) ||
    changes.some(({ kind }) => kind !== 'deleted')
  const reason = 'it was in a slot that was never ready'
  requireKept(record, held.snapshot)
  if (isForeign)
    await repository.exclusively((exclusive) => pinState(repository, exclusive, record, held, { reason }))
}
