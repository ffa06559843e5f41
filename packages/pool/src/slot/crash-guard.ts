import type { Failure } from '@ws/core'
import { type Backoff, backoffMs } from './backoff.ts'

/** When crashes in a row are too many. */
export interface CrashGuardOptions {
  readonly backoff: Backoff
  readonly breaker: { readonly crashes: number; readonly coolDownMs: number }
  /** Spreads the times of instances that crash together. */
  readonly key: string
}

/** What follows a crash. */
export type AfterCrash = {
  readonly is: 'backoff' | 'open'
  readonly waitMs: number
  readonly crashes: number
}

/** Trying again does not help against these; a person does. */
const hopeless: readonly Failure['reason'][] = ['auth', 'quota-exhausted']

/**
 * Counts crashes in a row. A restart waits longer from crash to crash; from the limit on nothing is started for
 * the cool-down, then one try is made, whose crash opens it again. Only a turn that was completed ends the row: a
 * process that comes up and falls at its first prompt is in a loop too.
 */
export class CrashGuard {
  readonly #options: CrashGuardOptions
  #crashes = 0
  #isOpen = false

  constructor(options: CrashGuardOptions) {
    this.#options = options
  }

  /** Whether it was opened and no turn has been completed since. */
  get isOpen(): boolean {
    return this.#isOpen
  }

  noteCrash(reason?: Failure['reason']): AfterCrash {
    const { backoff, breaker, key } = this.#options
    const crashes = ++this.#crashes
    this.#isOpen ||= crashes >= breaker.crashes || (reason !== undefined && hopeless.includes(reason))
    if (this.#isOpen) return { is: 'open', waitMs: breaker.coolDownMs, crashes }
    return { is: 'backoff', waitMs: backoffMs(backoff, crashes, key), crashes }
  }

  /** A turn was completed; true where that closes an open breaker. */
  noteSuccess(): boolean {
    const wasOpen = this.#isOpen
    this.#crashes = 0
    this.#isOpen = false
    return wasOpen
  }
}
