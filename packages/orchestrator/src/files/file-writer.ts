import type { Journal, RunEvent } from '@ws/core'
import { readEvents, Records, writeFiles } from '@ws/store/records'

/** Where the files for people come from and go to. */
export interface FileWriterOptions {
  readonly journal: Pick<Journal, 'read'>
  readonly directory: string
  /** Resolves when what was seen so far is in the log. @default nothing is waited for */
  readonly stored?: () => Promise<void>
}

/** Writes the files for people, at the ends of runs and on request; one writing at a time, each from the log alone. */
export class FileWriter {
  readonly #options: FileWriterOptions
  readonly #records = new Records()
  #last: Promise<unknown> = Promise.resolve()

  constructor(options: FileWriterOptions) {
    this.#options = options
  }

  /** What happened may be the end of a run, or a stop of which people want to read. */
  hear(event: RunEvent): void {
    switch (event.type) {
      case 'run.completed':
      case 'run.failed':
      case 'run.cancelled':
      case 'run.paused':
        // Files that cannot be written cost the files, not the run; the next writing makes them again.
        this.write([event.runId]).catch(() => {})
        return
      default:
    }
  }

  /** Brings the files of these runs up to date, and those of all runs together. */
  write(runs: readonly string[]): Promise<readonly string[]> {
    const written = this.#last.then(() => this.#write(runs))
    this.#last = written.catch(() => {})
    return written
  }

  /** Resolves when nothing is being written any more. */
  async close(): Promise<void> {
    await this.#last
  }

  async #write(runs: readonly string[]): Promise<readonly string[]> {
    const { journal, directory, stored } = this.#options
    await stored?.()
    for await (const event of readEvents(journal, { fromSeq: this.#records.seq + 1 }))
      this.#records.take(event)
    // The merge queue writes its own, with an estimate of when.
    return writeFiles(this.#records, directory, { runs, queue: false })
  }
}
