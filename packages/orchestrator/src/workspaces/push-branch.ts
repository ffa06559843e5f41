import type { RunWork } from '@ws/core'
import { isWsError } from '@ws/core'
import { parseRefName, push, type Repository, type SlotRecord } from '@ws/git'

/** A remote that does not answer costs a task no more than this. */
const patienceMs = 30_000

/**
 * Pushes a round's branch where its run wants that. What is wrong with the remote is no fault of the work: it is told,
 * and the next commit tries again.
 */
export async function pushBranch(
  repository: Repository,
  { branch, tip }: Pick<SlotRecord, 'branch' | 'tip'>,
  remote: RunWork['remote'],
): Promise<string | undefined> {
  if (remote.push !== 'branches') return undefined
  try {
    const [result] = await push(repository, {
      remote: remote.name,
      refs: [{ id: tip, to: parseRefName(branch) }],
      timeoutMs: patienceMs,
    })
    if (result === undefined || result.isPushed) return undefined
    return `its branch was not pushed to ${remote.name}: ${result.summary}`
  } catch (error) {
    if (!isWsError(error)) throw error
    return `its branch was not pushed to ${remote.name}: ${error.message}`
  }
}
