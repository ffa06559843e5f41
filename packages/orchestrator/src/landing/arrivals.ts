/** Who has arrived, and who waits for others to. */
export class Arrivals {
  readonly #arrived = new Set<string>()
  readonly #waiting = new Set<() => void>()

  /** Somebody is there now. */
  arrive(name: string): void {
    this.#arrived.add(name)
    for (const look of this.#waiting) look()
  }

  /** Resolves when all of them have arrived; rejects with the signal's reason. */
  all(names: readonly string[], signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const end = () => {
        this.#waiting.delete(look)
        signal.removeEventListener('abort', onAbort)
      }
      const look = () => {
        if (!names.every((name) => this.#arrived.has(name))) return
        end()
        resolve()
      }
      const onAbort = () => {
        end()
        reject(signal.reason)
      }
      if (signal.aborted) return reject(signal.reason)
      signal.addEventListener('abort', onAbort, { once: true })
      this.#waiting.add(look)
      look()
    })
  }
}
