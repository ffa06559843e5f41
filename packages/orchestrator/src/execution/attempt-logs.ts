import type { AttemptOutput, OfAttempt } from '@ws/core'
import { AttemptLog } from './attempt-log.ts'

/** The logs of the attempts that are going on, opened when one first says something. */
export class AttemptLogs {
  readonly #pathOf: (of: OfAttempt) => string
  readonly #open = new Map<string, Promise<AttemptLog>>()

  constructor(pathOf: (of: OfAttempt) => string) {
    this.#pathOf = pathOf
  }

  write(of: OfAttempt, output: AttemptOutput): void {
    const path = this.#pathOf(of)
    const log = this.#open.get(path) ?? AttemptLog.open(path)
    this.#open.set(path, log)
    // A log that cannot be written costs the log, not the work.
    log.then((opened) => opened.write(output)).catch(() => {})
  }

  end(of: OfAttempt): void {
    const path = this.#pathOf(of)
    const log = this.#open.get(path)
    this.#open.delete(path)
    log?.then((opened) => opened.close()).catch(() => {})
  }

  async close(): Promise<void> {
    const logs = [...this.#open.values()]
    this.#open.clear()
    await Promise.allSettled(logs.map(async (log) => (await log).close()))
  }
}
