import type { Journal, ReadOptions, Step } from '@ws/core'

/** What was waited for, in milliseconds. */
export interface JournalTimes {
  /** Until a step was there, read and parsed, by stream; `all` where no stream was asked for. */
  readonly read: Map<string, { ms: number; steps: number }>
  snapshotMs: number
  appendMs: number
  appends: number
}

/** A journal that notes how long is waited for another one. */
export function timedJournal(journal: Journal): { readonly journal: Journal; readonly times: JournalTimes } {
  const times: JournalTimes = { read: new Map(), snapshotMs: 0, appendMs: 0, appends: 0 }
  async function* read(options: ReadOptions = {}): AsyncGenerator<Step> {
    const stream = options.stream ?? 'all'
    let own = times.read.get(stream)
    if (own === undefined) times.read.set(stream, (own = { ms: 0, steps: 0 }))
    let askedAt = performance.now()
    for await (const step of journal.read(options)) {
      own.ms += performance.now() - askedAt
      own.steps += 1
      yield step
      askedAt = performance.now()
    }
    own.ms += performance.now() - askedAt
  }
  const timed: Journal = {
    read,
    append: async (step) => {
      const askedAt = performance.now()
      const position = await journal.append(step)
      times.appends += 1
      times.appendMs += performance.now() - askedAt
      return position
    },
    loadSnapshot: async (stream) => {
      const askedAt = performance.now()
      const snapshot = await journal.loadSnapshot(stream)
      times.snapshotMs += performance.now() - askedAt
      return snapshot
    },
    saveSnapshot: (snapshot) => journal.saveSnapshot(snapshot),
    head: (stream) => journal.head(stream),
    lead: (epoch) => journal.lead(epoch),
    close: () => journal.close(),
  }
  return { journal: timed, times }
}
