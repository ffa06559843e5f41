interface Waiter {
  readonly resolve: () => void
  readonly reject: (reason: unknown) => void
  readonly signal: AbortSignal | undefined
  readonly onAbort: () => void
}

/** A mutex within the process: a queue. The turn is handed to the next in line, never freed for whoever comes. */
export class TurnQueue {
  readonly #line: Waiter[] = []
  #isTaken = false

  /** Resolves when it is the caller's turn; an abort takes it out of the line. */
  take(signal?: AbortSignal): Promise<void> {
    if (signal?.aborted) return Promise.reject(signal.reason)
    if (!this.#isTaken) {
      this.#isTaken = true
      return Promise.resolve()
    }
    return new Promise((resolve, reject) => {
      const onAbort = () => {
        this.#line.splice(this.#line.indexOf(waiter), 1)
        reject(signal?.reason)
      }
      const waiter: Waiter = { resolve, reject, signal, onAbort }
      signal?.addEventListener('abort', onAbort, { once: true })
      this.#line.push(waiter)
    })
  }

  /** Hands the turn on. */
  pass(): void {
    const next = this.#line.shift()
    if (next === undefined) {
      this.#isTaken = false
      return
    }
    next.signal?.removeEventListener('abort', next.onAbort)
    next.resolve()
  }
}
