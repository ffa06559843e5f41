import type { Clock } from '@ws/core'

/**
 * Calls back once `delayMs` of monotonic time have passed; the returned function takes the wish back. `Clock`
 * wakes by wall time, which may jump, so the time that really passed is looked at and the rest waited for.
 */
export function wakeAfter(clock: Clock, delayMs: number, callback: () => void): () => void {
  const until = clock.monotonic() + delayMs
  let cancel = arm()
  function arm(): () => void {
    const restMs = until - clock.monotonic()
    return clock.wakeAt(clock.now() + Math.max(restMs, 0), () => {
      if (clock.monotonic() + 0.5 >= until) callback()
      else cancel = arm()
    })
  }
  return () => cancel()
}

/** A promise for the same; an abort ends the wait at once by rejecting with the signal's reason. */
export function sleep(clock: Clock, delayMs: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason)
    const onAbort = () => {
      cancel()
      reject(signal?.reason)
    }
    const cancel = wakeAfter(clock, delayMs, () => {
      signal?.removeEventListener('abort', onAbort)
      resolve()
    })
    signal?.addEventListener('abort', onAbort, { once: true })
  })
}
