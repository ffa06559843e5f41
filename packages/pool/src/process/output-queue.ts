/** How much of a tool's output waits for its reader before the tool itself has to. */
const highWaterBytes = 1_048_576

/** What fills the queue, and can be told to wait. */
export interface OutputSource {
  pause(): unknown
  resume(): unknown
}

/**
 * Output between a process and its one reader: bounded, since the process is paused while too much waits. A
 * stream's own iterator would cost several promises for each piece; this costs one where the reader is first.
 */
export class OutputQueue implements AsyncIterable<Uint8Array> {
  readonly #source: OutputSource
  readonly #waiting: Uint8Array[] = []
  #waitingBytes = 0
  #isPaused = false
  #hasEnded = false
  #isAbandoned = false
  #isRead = false
  #reader: ((result: IteratorResult<Uint8Array, undefined>) => void) | undefined
  #finish: () => void = () => {}
  /** Resolves when the output has ended and all of it was taken, or nobody will take it. */
  readonly drained = new Promise<void>((resolve) => (this.#finish = resolve))

  constructor(source: OutputSource) {
    this.#source = source
  }

  /** How many bytes wait for the reader. */
  get waitingBytes(): number {
    return this.#waitingBytes
  }

  push(chunk: Uint8Array): void {
    if (this.#isAbandoned || this.#hasEnded) return
    const reader = this.#reader
    if (reader !== undefined) {
      this.#reader = undefined
      return reader({ done: false, value: chunk })
    }
    this.#waiting.push(chunk)
    this.#waitingBytes += chunk.length
    if (this.#waitingBytes >= highWaterBytes && !this.#isPaused) {
      this.#isPaused = true
      this.#source.pause()
    }
  }

  /** No more will come. */
  end(): void {
    this.#hasEnded = true
    if (this.#waiting.length === 0 || !this.#isRead) this.#finish()
    this.#reader?.({ done: true, value: undefined })
    this.#reader = undefined
  }

  /** What waits and what comes is thrown away, so that the process does not wait for a reader that is gone. */
  abandon(): void {
    this.#isAbandoned = true
    this.#waiting.length = 0
    this.#waitingBytes = 0
    this.#resume()
    this.end()
  }

  [Symbol.asyncIterator](): AsyncIterator<Uint8Array, undefined> {
    this.#isRead = true
    return {
      next: () => this.#next(),
      return: () => {
        this.abandon()
        return Promise.resolve({ done: true, value: undefined })
      },
    }
  }

  #next(): Promise<IteratorResult<Uint8Array, undefined>> {
    const chunk = this.#waiting.shift()
    if (chunk !== undefined) {
      this.#waitingBytes -= chunk.length
      if (this.#waitingBytes < highWaterBytes / 2) this.#resume()
      if (this.#hasEnded && this.#waiting.length === 0) this.#finish()
      return Promise.resolve({ done: false, value: chunk })
    }
    if (this.#hasEnded) return Promise.resolve({ done: true, value: undefined })
    return new Promise((resolve) => (this.#reader = resolve))
  }

  #resume(): void {
    if (!this.#isPaused) return
    this.#isPaused = false
    this.#source.resume()
  }
}
