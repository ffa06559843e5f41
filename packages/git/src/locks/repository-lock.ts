import { type Clock, WsError } from '@ws/core'
import { join } from 'node:path'
import { sleep, wakeAfter } from '../platform/timers.ts'
import { KernelLock } from './kernel-lock.ts'
import { TurnQueue } from './turn-queue.ts'

/** The proof that the repository lock is held: whatever changes refs or worktrees asks for it. */
export class Exclusive {
  readonly #lock: KernelLock
  #isValid = true

  constructor(lock: KernelLock) {
    this.#lock = lock
  }

  /** A proof kept for later proves nothing. @throws `WS_GIT_LOCK_NOT_HELD` */
  require(): void {
    if (!this.#isValid || !this.#lock.isHeld)
      throw new WsError('WS_GIT_LOCK_NOT_HELD', 'the repository lock was let go before this change', {
        hint: 'do the change inside `exclusively`, and await it there',
      })
  }

  /** The leader's epoch, as of now. */
  get epoch(): number {
    return this.#lock.readEpoch()
  }

  /** Takes effect when the lock is let go. */
  raiseEpoch(): number {
    const next = this.#lock.readEpoch() + 1
    this.#lock.writeEpoch(next)
    return next
  }

  end(): void {
    this.#isValid = false
  }
}

/** How long to wait for the repository lock, and for whom it is taken. */
export interface ExclusiveOptions {
  readonly signal?: AbortSignal
  /** The caller's epoch: if another leader has taken over since, nothing is done. */
  readonly epoch?: number
  /** How long to wait for other processes. @default no limit */
  readonly timeoutMs?: number
}

// Other processes hold the lock for milliseconds. A try costs some 3 µs, so short waits are cheaper than a
// thread that blocks; the waits differ from process to process so that two do not keep in step.
const shortestWaitMs = 1
const longestWaitMs = 20

/**
 * One change at a time in a repository, across processes: a queue in this process, the kernel's lock between
 * processes. Not re-entrant: what runs inside passes its proof on instead of asking again.
 */
export class RepositoryLock {
  readonly #lock: KernelLock
  readonly #turns = new TurnQueue()
  readonly #clock: Clock

  constructor(folder: string, clock: Clock) {
    this.#lock = new KernelLock(join(folder, 'repo.db'))
    this.#clock = clock
  }

  /**
   * Runs `change` alone.
   * @throws `WS_GIT_LOCK_TIMEOUT`, `WS_GIT_STALE_EPOCH`
   */
  async run<T>(change: (exclusive: Exclusive) => Promise<T>, options: ExclusiveOptions = {}): Promise<T> {
    await this.#turns.take(options.signal)
    try {
      await this.#takeKernelLock(options)
      const exclusive = new Exclusive(this.#lock)
      try {
        if (options.epoch !== undefined && exclusive.epoch !== options.epoch)
          throw new WsError(
            'WS_GIT_STALE_EPOCH',
            `another leader took over: epoch ${exclusive.epoch}, ours is ${options.epoch}`,
            {
              details: { current: exclusive.epoch, ours: options.epoch },
              hint: 'stop; the new leader goes on from the journal',
            },
          )
        return await change(exclusive)
      } finally {
        exclusive.end()
        this.#lock.release()
      }
    } finally {
      this.#turns.pass()
    }
  }

  /** Waits for the change in progress and closes the file. */
  async close(): Promise<void> {
    await this.#turns.take()
    this.#lock.close()
    this.#turns.pass()
  }

  async #takeKernelLock({ signal, timeoutMs }: ExclusiveOptions): Promise<void> {
    let isLate = false
    const cancel =
      timeoutMs === undefined ? () => {} : wakeAfter(this.#clock, timeoutMs, () => (isLate = true))
    try {
      for (
        let waitMs = shortestWaitMs;
        !this.#lock.tryTake();
        waitMs = Math.min(waitMs * 1.5, longestWaitMs)
      ) {
        if (isLate)
          throw new WsError(
            'WS_GIT_LOCK_TIMEOUT',
            `another process held the repository's lock for ${timeoutMs} ms`,
            {
              details: { path: this.#lock.path, timeoutMs },
              hint: 'look for another @ws process on this repository',
            },
          )
        await sleep(this.#clock, waitMs + (process.pid % 7) * 0.3, signal)
      }
    } finally {
      cancel()
    }
  }
}
