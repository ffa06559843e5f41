import type { AttemptEffect, Driver, DriverContext, RunEffect, RunInput } from '@ws/core'
import type { AttemptDriver } from '../drivers/attempt-driver.ts'
import { type AttemptReport, reportTypes } from './wire.ts'

/** Who does attempts, and can tell how one ended that nobody saw end. */
export type Attempts = Pick<AttemptDriver, 'start' | 'change' | 'stop' | 'recover' | 'settled' | 'close'>

function isReport(input: RunInput): input is AttemptReport {
  return (reportTypes as readonly string[]).includes(input.type)
}

/**
 * The attempts that this process works on, whoever leads. They go on while leaders change: how one ended is kept until
 * a leader has stored it, and told again to the next one.
 */
export class OwnAttempts implements Driver<AttemptEffect, RunInput> {
  readonly #attempts: Attempts
  readonly #tell: (report: AttemptReport) => void
  /** What was asked of each attempt last. */
  readonly #wanted = new Map<string, AttemptEffect>()
  readonly #going = new Set<string>()
  readonly #ended = new Map<string, AttemptReport>()

  constructor(attempts: Attempts, tell: (report: AttemptReport) => void) {
    this.#attempts = attempts
    this.#tell = tell
  }

  start(key: string, effect: AttemptEffect): void {
    this.#wanted.set(key, effect)
    this.#going.add(key)
    this.#attempts.start(key, effect, this.#contextOf(key))
  }

  change(key: string, effect: AttemptEffect): void {
    this.#wanted.set(key, effect)
    this.#attempts.change(key, effect)
  }

  stop(key: string): void {
    this.#wanted.delete(key)
    this.#ended.delete(key)
    this.#going.delete(key)
    this.#attempts.stop(key)
  }

  /** Ours and alive, ended while nobody led, or of an earlier process of ours. */
  async recover(key: string, effect: AttemptEffect): Promise<RunInput | 'adopted' | 'lost'> {
    const ended = this.#ended.get(key)
    if (ended !== undefined) return ended
    if (this.#going.has(key)) {
      this.change(key, effect)
      return 'adopted'
    }
    const found = await this.#attempts.recover(key, effect, this.#contextOf(key))
    if (found === 'adopted') {
      this.#wanted.set(key, effect)
      this.#going.add(key)
    }
    return found
  }

  /** How an attempt ended whose host is gone, where that can still be seen. */
  settled(effect: AttemptEffect): Promise<RunInput | undefined> {
    return this.#attempts.settled(effect)
  }

  /** Under somebody else's lead: starts, changes and stops what is ours, by what the leader wants. */
  reconcile(wanted: ReadonlyMap<string, RunEffect>, isOwn: (hostId: string) => boolean): void {
    for (const key of this.#wanted.keys()) if (!wanted.has(key)) this.stop(key)
    for (const [key, effect] of wanted) {
      if (effect.kind !== 'attempt' || !isOwn(effect.hostId) || this.#wanted.get(key) === effect) continue
      if (this.#ended.has(key)) this.#wanted.set(key, effect)
      else if (this.#going.has(key)) this.change(key, effect)
      else this.start(key, effect)
    }
  }

  /** How attempts ended of which no leader has said yet that it is stored. */
  get unheard(): readonly AttemptReport[] {
    return [...this.#ended.values()]
  }

  close(): Promise<void> {
    return this.#attempts.close()
  }

  #contextOf(key: string): DriverContext<RunInput> {
    return {
      report: (input) => {
        if (!isReport(input)) return
        if (input.type === 'attempt.ended') {
          this.#going.delete(key)
          this.#ended.set(key, input)
        }
        this.#tell(input)
      },
    }
  }
}
