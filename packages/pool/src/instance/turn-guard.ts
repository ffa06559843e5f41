import type { Clock } from '@ws/core'
import type { DeathCause } from '../process/death.ts'
import { settlesWithin } from '../platform/timers.ts'

/** Why a turn was told to stop; the first reason is kept. */
export type StopCause = Extract<DeathCause, { cause: 'aborted' | 'timed-out' }>

/** What a guard watches. */
export interface TurnLimits {
  readonly signal: AbortSignal | undefined
  readonly timeoutMs: number
  readonly idleTimeoutMs: number
}

/** What a guard needs of the instance, the same for every turn. */
export interface TurnGuardPorts {
  readonly clock: Clock
  /** How long a tool has to end its turn when asked to. */
  readonly interruptMs: number
  /** When the tool last wrote anything, in monotonic time. */
  lastActivity(): number
  /** Ends the process. */
  kill(cause: StopCause): void
}

/**
 * Watches one turn: an abort, its time limit, and silence. Whatever comes first makes it stop, by asking and, when
 * that did not help in time, by ending the process.
 */
export class TurnGuard {
  /** Asks the tool to end its turn; false where it cannot be asked. */
  interrupt: () => boolean = () => true
  readonly startedAt: number
  readonly #limits: TurnLimits
  readonly #ports: TurnGuardPorts
  readonly #onAbort: (() => void) | undefined
  #cause: StopCause | undefined
  #onEnd: (() => void) | undefined

  constructor(limits: TurnLimits, ports: TurnGuardPorts) {
    this.#limits = limits
    this.#ports = ports
    this.startedAt = ports.clock.monotonic()
    const { signal } = limits
    if (signal === undefined) return
    this.#onAbort = () => this.stop({ cause: 'aborted' })
    signal.addEventListener('abort', this.#onAbort, { once: true })
    if (signal.aborted) this.#onAbort()
  }

  /** Why it was told to stop, if it was. */
  get cause(): StopCause | undefined {
    return this.#cause
  }

  /** When its time would be over, if nothing happened from its beginning on. */
  get firstEnd(): number {
    const { timeoutMs, idleTimeoutMs } = this.#limits
    return this.#cause === undefined ? this.startedAt + Math.min(timeoutMs, idleTimeoutMs) : Infinity
  }

  /** Stops the turn where its time is over; otherwise says when it would be, if nothing happened until then. */
  check(): number {
    if (this.#cause !== undefined) return Infinity
    const { timeoutMs, idleTimeoutMs } = this.#limits
    const now = this.#ports.clock.monotonic()
    const end = this.startedAt + timeoutMs
    const quietEnd = Math.max(this.#ports.lastActivity(), this.startedAt) + idleTimeoutMs
    // Timers round: half a millisecond early is in time.
    if (now + 0.5 >= end) this.stop({ cause: 'timed-out', limit: 'run', afterMs: timeoutMs })
    else if (now + 0.5 >= quietEnd) this.stop({ cause: 'timed-out', limit: 'idle', afterMs: idleTimeoutMs })
    else return Math.min(end, quietEnd)
    return Infinity
  }

  /** The turn is over; nothing is watched any more. */
  end(): void {
    if (this.#onAbort !== undefined) this.#limits.signal?.removeEventListener('abort', this.#onAbort)
    this.#onEnd?.()
  }

  /** Makes the turn stop. Only the first reason counts. */
  stop(cause: StopCause): void {
    if (this.#cause !== undefined) return
    this.#cause = cause
    void this.#climb(cause)
  }

  async #climb(cause: StopCause): Promise<void> {
    const { clock, interruptMs, kill } = this.#ports
    const over = new Promise<void>((resolve) => (this.#onEnd = resolve))
    if (this.interrupt() && (await settlesWithin(over, clock, interruptMs))) return
    kill(cause)
  }
}
