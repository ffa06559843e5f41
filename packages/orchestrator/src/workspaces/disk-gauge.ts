import type { Clock } from '@ws/core'

/** What is measured, and whom it is told. */
export interface DiskGaugeOptions {
  /** Where worktrees and the log are. */
  readonly paths: readonly string[]
  readonly minFreeBytes: number
  /** The bytes that may still be written where a path is. */
  readonly freeBytes: (path: string) => Promise<number>
  readonly clock: Pick<Clock, 'now' | 'wakeAt'>
  /** @default 30 s: a build that fills a disk takes longer */
  readonly everyMs?: number
  readonly tell: (isLow: boolean) => void
}

/** Measures the disk from time to time, and tells when it becomes too full for new work, and when it is not any more. */
export class DiskGauge {
  readonly #options: DiskGaugeOptions
  #isLow: boolean
  #isClosed = false
  #cancel = () => {}
  #last: Promise<void> = Promise.resolve()

  /** @param wasLow what was told before */
  constructor(options: DiskGaugeOptions, wasLow: boolean) {
    this.#options = options
    this.#isLow = wasLow
  }

  /** Measures now, and again each time that a while has passed. */
  measure(): Promise<void> {
    this.#last = this.#last.then(() => this.#measure())
    return this.#last
  }

  async close(): Promise<void> {
    this.#isClosed = true
    this.#cancel()
    await this.#last
  }

  async #measure(): Promise<void> {
    const { paths, minFreeBytes, freeBytes, clock, everyMs = 30_000, tell } = this.#options
    // A disk that cannot be measured is not full: what cannot be written says so itself.
    const free = await Promise.all(paths.map((path) => freeBytes(path).catch(() => Infinity)))
    if (this.#isClosed) return
    const isLow = Math.min(...free) < minFreeBytes
    if (isLow !== this.#isLow) tell(isLow)
    this.#isLow = isLow
    this.#cancel()
    this.#cancel = clock.wakeAt(clock.now() + everyMs, () => void this.measure())
  }
}
