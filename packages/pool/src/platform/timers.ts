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
      // Timers round: half a millisecond early is in time.
      if (clock.monotonic() + 0.5 >= until) callback()
      else cancel = arm()
    })
  }
  return () => cancel()
}

/** Whether `promise` settled before so much time had passed. The promise must not reject. */
export function settlesWithin(promise: Promise<unknown>, clock: Clock, delayMs: number): Promise<boolean> {
  return new Promise((resolve) => {
    const cancel = wakeAfter(clock, delayMs, () => resolve(false))
    void promise.then(() => {
      cancel()
      resolve(true)
    })
  })
}

/**
 * One timer for many deadlines that come and go. It is only ever moved forward, so that a deadline which is met
 * costs nothing; whoever it wakes looks for what is due, and says when the next one is.
 */
export class LazyAlarm {
  readonly #clock: Clock
  readonly #ring: () => void
  #at = Infinity
  #cancel = () => {}

  constructor(clock: Clock, ring: () => void) {
    this.#clock = clock
    this.#ring = ring
  }

  /** Rings at this monotonic time at the latest. */
  by(at: number): void {
    if (at >= this.#at) return
    this.#cancel()
    this.#at = at
    this.#cancel = wakeAfter(this.#clock, at - this.#clock.monotonic(), () => {
      this.#at = Infinity
      this.#ring()
    })
  }

  cancel(): void {
    this.#at = Infinity
    this.#cancel()
  }
}
