import { WsError } from '@ws/core'

/** What all processes together may be and use. */
export interface ProcessLimitsOptions {
  /** @default no limit */
  readonly maxProcesses?: number
  /** Above it no process is started; those that run go on. @default no limit */
  readonly maxMemoryMb?: number
}

/**
 * A cap on processes and memory that several pools and clusters share. Who has to wait is served in the order of
 * asking: a freed place goes to the first who waits, never to a newcomer.
 *
 * @example
 * const limits = new ProcessLimits({ maxProcesses: 8, maxMemoryMb: 6_000 })
 * const [claude, codex] = await Promise.all([launchCluster('claude', { limits }), launchCluster('codex', { limits })])
 */
export class ProcessLimits {
  readonly maxProcesses: number
  readonly maxMemoryMb: number
  readonly #waiters: { readonly take: (give: () => void) => void }[] = []
  readonly #rssBytes = new Map<object, number>()
  #taken = 0

  constructor({ maxProcesses = Infinity, maxMemoryMb = Infinity }: ProcessLimitsOptions = {}) {
    requirePositive('maxProcesses', maxProcesses)
    requirePositive('maxMemoryMb', maxMemoryMb)
    this.maxProcesses = maxProcesses
    this.maxMemoryMb = maxMemoryMb
  }

  /** How many processes there are. */
  get taken(): number {
    return this.#taken
  }

  /** How many wait for a place. */
  get waiting(): number {
    return this.#waiters.length
  }

  /** What the processes used when they were last looked at. */
  get memoryMb(): number {
    return [...this.#rssBytes.values()].reduce((sum, bytes) => sum + bytes, 0) / 1_048_576
  }

  /** Whether a process could be started at once. */
  get hasRoom(): boolean {
    return this.#waiters.length === 0 && this.#isFree
  }

  /** A place for one process; the function that it resolves to gives it back. Rejects when the signal aborts. */
  take(signal?: AbortSignal): Promise<() => void> {
    signal?.throwIfAborted()
    if (this.hasRoom) return Promise.resolve(this.#give())
    return new Promise((resolve, reject) => {
      const waiter = {
        take: (give: () => void) => {
          signal?.removeEventListener('abort', onAbort)
          resolve(give)
        },
      }
      const onAbort = () => {
        this.#waiters.splice(this.#waiters.indexOf(waiter), 1)
        reject(signal?.reason)
      }
      signal?.addEventListener('abort', onAbort, { once: true })
      this.#waiters.push(waiter)
    })
  }

  /** Notes what a process uses; undefined when it is gone. For pools. */
  report(of: object, rssBytes: number | undefined): void {
    if (rssBytes === undefined) this.#rssBytes.delete(of)
    else this.#rssBytes.set(of, rssBytes)
    this.#serve()
  }

  get #isFree(): boolean {
    // One process is always allowed: nothing else would ever make room.
    return this.#taken < this.maxProcesses && (this.#taken === 0 || this.memoryMb < this.maxMemoryMb)
  }

  #give(): () => void {
    this.#taken += 1
    let isGiven = false
    return () => {
      if (isGiven) return
      isGiven = true
      this.#taken -= 1
      this.#serve()
    }
  }

  #serve(): void {
    while (this.#waiters.length > 0 && this.#isFree) this.#waiters.shift()?.take(this.#give())
  }
}

function requirePositive(option: string, given: number): void {
  if (given > 0) return
  throw new WsError('WS_OPTION_RANGE', `${option} is ${given}, expected more than 0`, {
    details: { option, given, minimum: 1 },
    hint: 'with none, nothing would ever start',
  })
}
