import { appendFile, mkdir } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { Clock } from '@ws/core'
import { type CheckCommand, type CheckCommandRunner, runCheckCommand } from '@ws/merge-queue'

/** What became of a check, or nothing where nobody wants to know. */
export type CheckAnswer = Awaited<ReturnType<CheckCommandRunner>>

/** In what checks are run here. */
export interface CheckRunsOptions {
  readonly clock: Clock
  readonly env: NodeJS.ProcessEnv
}

/** Runs the commands of checks in the environment of this process, for itself and for a leader that asks for them. */
export class CheckRuns {
  readonly #options: CheckRunsOptions
  readonly #asked = new Map<number, AbortController>()
  readonly #going = new Set<Promise<unknown>>()

  constructor({ clock, env }: CheckRunsOptions) {
    // What would lead git elsewhere is meant for this process alone.
    const passed = Object.entries(env).filter(([name]) => !/^GIT_/i.test(name))
    this.#options = { clock, env: Object.fromEntries(passed) }
  }

  /** Runs one; a note is the first line of its log, for whoever wonders. */
  run(command: CheckCommand, signal: AbortSignal, note?: string): Promise<CheckAnswer> {
    const noted = note === undefined ? Promise.resolve() : writeNote(command.logFile, note)
    const going = noted.then(() => runCheckCommand(command, { ...this.#options, signal }))
    this.#going.add(going)
    void going.finally(() => this.#going.delete(going)).catch(() => {})
    return going
  }

  /** A leader asks; the answer is told, unless it says before that it wants none. */
  begin(id: number, command: CheckCommand, tell: (answer: CheckAnswer) => void): void {
    const stop = new AbortController()
    this.#asked.set(id, stop)
    this.run(command, stop.signal)
      .catch((error: unknown): CheckAnswer => ({
        kind: 'infrastructure',
        detail: `${command.check}: ${error instanceof Error ? error.message : String(error)}`,
      }))
      .then((answer) => {
        if (this.#asked.get(id) === stop) this.#asked.delete(id)
        tell(answer)
      })
      .catch(() => {})
  }

  stop(id: number): void {
    this.#asked.get(id)?.abort()
  }

  /** Who asked is gone, and asks again what is still to be known. */
  stopAll(): void {
    for (const stop of this.#asked.values()) stop.abort()
    this.#asked.clear()
  }

  async close(): Promise<void> {
    this.stopAll()
    await Promise.allSettled(this.#going)
  }
}

async function writeNote(logFile: string, note: string): Promise<void> {
  await mkdir(dirname(logFile), { recursive: true })
  await appendFile(logFile, `# ${note}\n`)
}
