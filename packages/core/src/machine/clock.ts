/** Time as an input. Wall time may jump; monotonic time never runs backwards and stops while a laptop sleeps. */
export interface Clock {
  /** Milliseconds since 1970, UTC. */
  now(): number
  /** Milliseconds since some fixed moment; only differences mean something. */
  monotonic(): number
  /** Calls back once, when wall time has reached `at`; the returned function takes the wish back. */
  wakeAt(at: number, callback: () => void): () => void
}

/** The longest a timer of the platform can wait; a later wish wakes early and is asked again. */
const longestTimerMs = 2_147_483_647

/** The platform's own clock. The only place in core that touches time. */
export function systemClock(): Clock {
  return {
    now: () => Date.now(),
    monotonic: () => performance.now(),
    wakeAt(at, callback) {
      const delayMs = Math.min(Math.max(at - Date.now(), 0), longestTimerMs)
      const timer = setTimeout(callback, delayMs)
      return () => clearTimeout(timer)
    },
  }
}
