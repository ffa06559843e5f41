import { type Clock, isWsError, type Journal } from '@ws/core'
import { type WorkEvent, workStream } from '@ws/store/records'

/** Where what hosts saw is written. */
export interface WorkLogOptions {
  readonly journal: Pick<Journal, 'append' | 'head'>
  readonly clock: Clock
  readonly epoch: number
}

/** How often somebody else may have written in between before that is a fault. */
const patience = 5

/**
 * Writes what hosts saw into the log, beside what the machines decided: for reports, and for nobody who decides. What
 * comes while one append is in flight is one step together.
 */
export class WorkLog {
  readonly #options: WorkLogOptions
  #waiting: WorkEvent[] = []
  #last: Promise<void> = Promise.resolve()

  constructor(options: WorkLogOptions) {
    this.#options = options
  }

  /** Resolves when it is stored, or cannot be: that costs a line in a report, not the work. */
  write(event: WorkEvent): Promise<void> {
    this.#waiting.push(event)
    this.#last = this.#last.then(() => this.#append()).catch(() => {})
    return this.#last
  }

  /** Resolves when nothing is being written any more. */
  close(): Promise<void> {
    return this.#last
  }

  async #append(): Promise<void> {
    const events = this.#waiting
    this.#waiting = []
    if (events.length === 0) return
    const { journal, clock, epoch } = this.#options
    for (let tries = 1; ; tries++) {
      const { version } = await journal.head(workStream)
      const inputs = [{ at: clock.now(), input: { type: 'work.seen' }, events: events.length }]
      try {
        await journal.append({ stream: workStream, epoch, expectedVersion: version, inputs, events })
        return
      } catch (error) {
        // Nothing of this was written.
        if (!isWsError(error, 'WS_JOURNAL_STALE') || tries >= patience) throw error
      }
    }
  }
}
