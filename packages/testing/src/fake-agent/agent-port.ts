import { writeSync } from 'node:fs'
import type { AgentEnding } from './agent-step.ts'

/** What a fake agent writes to, in the order in which it is told to, with the faults that its script asks for. */
export class AgentPort {
  #written: Promise<void> = Promise.resolve()
  #ending: Exclude<AgentEnding, 'never'> | undefined
  #secondPart: (() => Promise<void>) | undefined

  /** Writes these characters. */
  text(text: string, to: 'out' | 'err' = 'out'): void {
    this.#queue(async () => {
      const bytes = Buffer.from(text)
      if (this.#secondPart === undefined || to === 'err') return writeAll(bytes, to)
      const at = cutOf(bytes)
      await writeAll(bytes.subarray(0, at), to)
      await this.#secondPart()
      await writeAll(bytes.subarray(at), to)
    })
  }

  /** Writes a message as a line. */
  json(message: object): void {
    this.text(`${JSON.stringify(message)}\n`)
  }

  /** Writes what ends a turn, or as much of it as the script lets through. */
  last(message: object | string): void {
    const text = typeof message === 'string' ? message : `${JSON.stringify(message)}\n`
    const ending = this.#ending
    this.#ending = undefined
    if (ending === undefined) this.text(text)
    else if (ending === 'half') this.text(text.slice(0, Math.floor(text.length / 2)))
    else if (ending === 'no-newline') this.text(text.replace(/\n$/, ''))
  }

  /** Lets only a part of the next last line through. */
  spoil(ending: Exclude<AgentEnding, 'never'>): void {
    this.#ending = ending
  }

  /** Writes everything in two parts from now on, with `between` in between. */
  split(between: () => Promise<void>): void {
    this.#queue(async () => void (this.#secondPart = between))
  }

  /** Resolves when all was written. */
  flushed(): Promise<void> {
    return this.#written
  }

  #queue(write: () => Promise<void>): void {
    this.#written = this.#written.then(write)
  }
}

/** Inside the first character of several bytes, else in the middle. */
export function cutOf(bytes: Uint8Array): number {
  const first = bytes.findIndex((byte) => byte >= 0x80)
  return first < 0 ? Math.floor(bytes.length / 2) : first + 1
}

async function writeAll(bytes: Uint8Array, to: 'out' | 'err'): Promise<void> {
  for (let done = 0; done < bytes.length;) {
    try {
      done += writeSync(to === 'out' ? 1 : 2, bytes, done)
    } catch (error) {
      if (!isFull(error)) process.exit(1)
      // A pipe that somebody else made may not block; the other side needs a moment.
      await new Promise((resolve) => setTimeout(resolve, 1))
    }
  }
}

function isFull(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'EAGAIN'
}
