import type { Clock } from '@ws/core'

/** How long a wish waits before the time is looked at again: a machine that slept counts no time while it does. */
const lookAgainMs = 30_000

/**
 * A clock that somebody may set without harm. Where its wall time falls back, time goes on from where it was, as fast as
 * the monotonic one: what waits for a moment would wait for as long as the clock was set back, otherwise.
 */
export class SteadyClock implements Clock {
  readonly #inner: Clock
  /** The newest wall time that was not before its time, and what the monotonic one said then. */
  #at: number
  #since: number

  constructor(inner: Clock) {
    this.#inner = inner
    this.#at = inner.now()
    this.#since = inner.monotonic()
  }

  /** Nothing is before this any more: a log has it. */
  startFrom(at: number): void {
    if (at <= this.now()) return
    this.#at = at
    this.#since = this.#inner.monotonic()
  }

  now(): number {
    const monotonic = this.#inner.monotonic()
    const steady = this.#at + Math.floor(monotonic - this.#since)
    const wall = this.#inner.now()
    if (wall < steady) return steady
    this.#at = wall
    this.#since = monotonic
    return wall
  }

  monotonic(): number {
    return this.#inner.monotonic()
  }

  wakeAt(at: number, callback: () => void): () => void {
    let cancel = () => {}
    const wait = () => {
      const left = at - this.now()
      const isLast = left <= lookAgainMs
      cancel = this.#inner.wakeAt(this.#inner.now() + Math.min(left, lookAgainMs), isLast ? callback : wait)
    }
    wait()
    return () => cancel()
  }
}
