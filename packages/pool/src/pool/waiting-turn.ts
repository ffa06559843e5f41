import type { Clock, Failure } from '@ws/core'
import type { SettledTurn, TurnRequest } from '../instance/turn.ts'
import { wakeAfter } from '../platform/timers.ts'

/** Where a turn waits, and how it leaves before it was begun. */
export interface WaitingTurnOptions {
  readonly clock: Clock
  /** @default for ever */
  readonly queueTimeoutMs: number | undefined
  /** Only this instance may have it. */
  readonly boundTo: number | undefined
  /** It may go to another instance when that one fails. */
  readonly isMovable: boolean
  /** It left without having been begun. */
  onLeave(turn: WaitingTurn): void
}

/**
 * A prompt on its way to an instance. It keeps its signal while it waits: an abort takes it out of the queue at
 * once. It settles exactly once.
 */
export class WaitingTurn {
  readonly request: TurnRequest
  readonly isMovable: boolean
  readonly settled: Promise<SettledTurn>
  boundTo: number | undefined
  /** Its place in the order of arrival, which it keeps through a move; for the queue. */
  arrival: number | undefined
  #state: 'waiting' | 'begun' | 'settled' = 'waiting'
  #settle: (settled: SettledTurn) => void = () => {}
  #stopWaiting = () => {}

  constructor(request: TurnRequest, options: WaitingTurnOptions) {
    this.request = request
    this.boundTo = options.boundTo
    this.isMovable = options.isMovable
    this.settled = new Promise((resolve) => (this.#settle = resolve))
    const { signal } = request
    const { queueTimeoutMs, clock } = options
    if (signal === undefined && queueTimeoutMs === undefined) return
    const leave = (failure: Failure) => {
      if (this.#state !== 'waiting') return
      this.fail(failure)
      options.onLeave(this)
    }
    const onAbort = () => leave({ reason: 'interrupted', by: 'cancelled' })
    signal?.addEventListener('abort', onAbort, { once: true })
    const cancel =
      queueTimeoutMs === undefined
        ? () => {}
        : wakeAfter(clock, queueTimeoutMs, () =>
            leave({ reason: 'timed-out', afterMs: queueTimeoutMs, limit: 'queue' }),
          )
    this.#stopWaiting = () => {
      this.#stopWaiting = () => {}
      signal?.removeEventListener('abort', onAbort)
      cancel()
    }
  }

  get isWaiting(): boolean {
    return this.#state === 'waiting'
  }

  /** It is an instance's now. */
  begin(): void {
    this.#state = 'begun'
    this.#stopWaiting()
  }

  end(settled: SettledTurn): void {
    if (this.#state === 'settled') return
    this.#state = 'settled'
    this.#stopWaiting()
    this.#settle(settled)
  }

  /** It will not be begun, and this is why. */
  fail(failure: Failure): void {
    this.end({ isDone: false, failure, turn: undefined })
  }
}
