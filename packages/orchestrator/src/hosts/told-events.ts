import { EventFeed, type Journal, type Published, type RunEvent } from '@ws/core'
import { readEvents, runEventOf } from '@ws/store/records'

/** A log to be read, and given back. */
export type LentJournal = Pick<Journal, 'read' | 'close'>

/** A log that stays open when it is given back. */
export function lent(journal: Pick<Journal, 'read'>): LentJournal {
  return { read: (options) => journal.read(options), close: () => Promise.resolve() }
}

/** What a process tells its own listeners: each event once, in order, without a gap where the leader changes. */
export class ToldEvents {
  readonly feed = new EventFeed<RunEvent>()
  #seq: number | undefined
  /** Events that wait until those before them were read. */
  #later: Published<RunEvent>[] | undefined

  /** The number of the last event that was told or need not be; nothing before the first leader is known. */
  get seq(): number | undefined {
    return this.#seq
  }

  /** Tells only what comes after this. */
  beginAfter(seq: number): void {
    this.#seq = seq
  }

  tell(events: readonly Published<RunEvent>[]): void {
    if (this.#later !== undefined) {
      this.#later.push(...events)
      return
    }
    for (const published of events) {
      if (published.seq <= (this.#seq ?? 0)) continue
      this.#seq = published.seq
      this.feed.publish(published)
    }
  }

  /** Tells what was stored up to a number while nobody told us; what comes meanwhile is told after it. */
  async catchUp(upTo: number, open: () => Promise<LentJournal>): Promise<void> {
    this.#later ??= []
    const missed: Published<RunEvent>[] = []
    try {
      const journal = await open()
      for await (const logged of readEvents(journal, { fromSeq: (this.#seq ?? 0) + 1 })) {
        const event = logged.seq <= upTo ? runEventOf(logged) : undefined
        if (event !== undefined) missed.push({ seq: logged.seq, at: logged.at, event })
      }
      await journal.close()
    } finally {
      const later = this.#later
      this.#later = undefined
      this.tell([...missed, ...later])
    }
  }
}
