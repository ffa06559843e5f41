import type { ChildProcess } from 'node:child_process'
import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { basename } from 'node:path'

/** A program that this process started, by the clock of `performance`. */
export interface StartedProgram {
  readonly name: string
  readonly args: readonly string[]
  readonly startedAt: number
  endedAt: number
}

/** What a body returned, and the programs that it started. */
export interface Watched<Value> {
  readonly value: Value
  readonly programs: readonly StartedProgram[]
}

/** Notes every program that is started while the body runs. */
export async function watchPrograms<Value>(body: () => Promise<Value>): Promise<Watched<Value>> {
  const programs: StartedProgram[] = []
  const note = (message: unknown) => {
    const child = (message as { process: ChildProcess }).process
    const startedAt = performance.now()
    // Its arguments are known when the call that started it is over.
    queueMicrotask(() => {
      const [path = '', ...args] = child.spawnargs
      const program = { name: basename(path), args, startedAt, endedAt: Number.NaN }
      programs.push(program)
      child.once('exit', () => (program.endedAt = performance.now()))
    })
  }
  subscribe('child_process', note)
  try {
    return { value: await body(), programs }
  } finally {
    unsubscribe('child_process', note)
  }
}
