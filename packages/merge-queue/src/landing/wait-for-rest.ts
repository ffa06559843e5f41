import { lstat } from 'node:fs/promises'
import { join } from 'node:path'
import { WsError } from '@ws/core'
import type { RefName, Repository } from '@ws/git'

/** A transaction of git takes milliseconds, on a busy machine a second. */
const patienceMs = 5_000

/**
 * Waits until no git is at work on these references: one that a killed process started goes on, and moves the
 * references of its transaction one after another. What one left that was killed itself is cleared out of the way.
 * @throws `WS_QUEUE_LOCK_LEFT` if a lock file stays whose owner may still live
 */
export async function waitForRest(repository: Repository, refs: readonly RefName[]): Promise<void> {
  const { clock, facts, git } = repository
  const until = clock.monotonic() + patienceMs
  for (const ref of refs) {
    const path = join(facts.commonDir, `${ref}.lock`)
    // Again: the next git may have begun when the one before it had ended.
    while (await exists(path)) {
      const restMs = until - clock.monotonic()
      const isClear = restMs > 0 && (await git.program.clearLockFile?.(path, { patienceMs: restMs }))
      if (isClear === true) continue
      throw new WsError(
        'WS_QUEUE_LOCK_LEFT',
        `the lock file ${path} stays: nobody can say what ${ref} will be`,
        {
          details: { path, ref },
          hint: 'let the doctor look: it removes a lock file whose owner is proven gone',
        },
      )
    }
  }
}

async function exists(path: string): Promise<boolean> {
  try {
    await lstat(path)
    return true
  } catch {
    return false
  }
}
