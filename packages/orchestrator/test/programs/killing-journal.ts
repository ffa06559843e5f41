import type { Journal } from '@ws/core'

/** A journal that counts. */
export interface CountingJournal extends Journal {
  readonly appends: number
}

/** A journal whose n-th append is the end of this process: before the step was stored, or right after. */
export function killingJournal(journal: Journal, at: number, isAfter: boolean): CountingJournal {
  let appends = 0
  const die = () => process.kill(process.pid, 'SIGKILL')
  return {
    get appends() {
      return appends
    },
    append: async (step) => {
      appends += 1
      if (appends === at && !isAfter) die()
      const position = await journal.append(step)
      if (appends >= at && isAfter) die()
      return position
    },
    read: (options) => journal.read(options),
    head: (stream) => journal.head(stream),
    lead: (epoch) => journal.lead(epoch),
    saveSnapshot: (snapshot) => journal.saveSnapshot(snapshot),
    loadSnapshot: (stream) => journal.loadSnapshot(stream),
    close: () => journal.close(),
  }
}
