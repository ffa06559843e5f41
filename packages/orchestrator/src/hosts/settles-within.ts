import type { Clock } from '@ws/core'

/** Resolves when a promise has settled, however, or this time is over. */
export async function settlesWithin(promise: Promise<unknown>, clock: Clock, ms: number): Promise<void> {
  let cancel = () => {}
  const late = new Promise<void>((resolve) => (cancel = clock.wakeAt(clock.now() + ms, resolve)))
  await Promise.race([promise.catch(() => {}), late])
  cancel()
}
