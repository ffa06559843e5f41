import { lstat } from 'node:fs/promises'
import { join } from 'node:path'
import { type Clock, WsError } from '@ws/core'
import type { RefName, Repository } from '@ws/git'

/** A transaction of git takes milliseconds, on a busy machine a second; a lock file that stays longer was left behind. */
const patienceMs = 5_000
const lookMs = 5

/**
 * Waits until no git is at work on these references: one that a killed process started goes on, and moves the
 * references of its transaction one after another.
 * @throws `WS_QUEUE_LOCK_LEFT` if a lock file stays
 */
export async function waitForRest(repository: Repository, refs: readonly RefName[]): Promise<void> {
  const { clock, facts } = repository
  const startedAt = clock.monotonic()
  for (const ref of refs) {
    const path = join(facts.commonDir, `${ref}.lock`)
    while (await exists(path)) {
      if (clock.monotonic() - startedAt > patienceMs)
        throw new WsError(
          'WS_QUEUE_LOCK_LEFT',
          `the lock file ${path} stays: nobody can say what ${ref} will be`,
          {
            details: { path, ref },
            hint: 'let the doctor look: it removes a lock file whose owner is proven gone',
          },
        )
      await pause(clock)
    }
  }
}

function pause(clock: Clock): Promise<void> {
  return new Promise((resolve) => clock.wakeAt(clock.now() + lookMs, resolve))
}

async function exists(path: string): Promise<boolean> {
  try {
    await lstat(path)
    return true
  } catch {
    return false
  }
}
