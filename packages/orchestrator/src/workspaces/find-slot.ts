import { isWsError } from '@ws/core'
import type { SlotRecord, Slots } from '@ws/git'

/** A slot that is ready, by its name: the others' records, of which a long run leaves many, are not read. */
export async function findSlot(slots: Slots, name: string): Promise<SlotRecord | undefined> {
  try {
    const found = await slots.get(name)
    return found.state === 'ready' ? found : undefined
  } catch (error) {
    if (isWsError(error) && error.code === 'WS_GIT_NO_SUCH_SLOT') return undefined
    throw error
  }
}
