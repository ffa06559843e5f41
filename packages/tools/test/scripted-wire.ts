// The other side of a wire, played by a test: what it says, what it was told, when it goes.
import type { Wire, WireExit } from '../src/wire/wire.ts'

/** A wire of which the test is the program. */
export class ScriptedWire implements Wire {
  readonly output: AsyncIterable<Uint8Array>
  readonly exited: Promise<WireExit>
  /** Everything that was written to it. */
  written = ''
  isEnded = false
  readonly #exit: (exit: WireExit) => void
  readonly #pieces: Uint8Array[] = []
  #wake: (() => void) | undefined
  #isOver = false
  readonly #watchers = new Set<() => void>()

  constructor() {
    const { promise, resolve } = Promise.withResolvers<WireExit>()
    this.exited = promise
    this.#exit = resolve
    this.output = this.#read()
  }

  write(bytes: string | Uint8Array): Promise<void> {
    this.written += typeof bytes === 'string' ? bytes : new TextDecoder().decode(bytes)
    this.#notice()
    return Promise.resolve()
  }

  end(): void {
    this.isEnded = true
    this.#notice()
  }

  /** The lines that were written so far, as values. */
  get messages(): unknown[] {
    return this.written
      .split('\n')
      .filter((line) => line !== '')
      .map((line): unknown => JSON.parse(line))
  }

  say(text: string | Uint8Array): void {
    this.#pieces.push(typeof text === 'string' ? new TextEncoder().encode(text) : text)
    this.#wake?.()
  }

  sayJson(...messages: readonly object[]): void {
    this.say(messages.map((message) => `${JSON.stringify(message)}\n`).join(''))
  }

  exit({ exitCode = 0, signal = null, errorTail = '' }: Partial<WireExit> = {}): void {
    this.#isOver = true
    this.#wake?.()
    this.#exit({ exitCode, signal, errorTail })
  }

  /** Resolves when what was written fulfils the condition. */
  async until(condition: (wire: this) => boolean): Promise<void> {
    while (!condition(this)) {
      await new Promise<void>((resolve) => {
        this.#watchers.add(resolve)
      })
    }
  }

  #notice(): void {
    const watchers = [...this.#watchers]
    this.#watchers.clear()
    for (const watcher of watchers) watcher()
  }

  async *#read(): AsyncGenerator<Uint8Array, void, undefined> {
    for (;;) {
      const piece = this.#pieces.shift()
      if (piece !== undefined) yield piece
      else if (this.#isOver) return
      else {
        await new Promise<void>((resolve) => {
          this.#wake = resolve
        })
      }
    }
  }
}

/** Lets everything that is ready happen: each turn of the loop runs all promises that have settled. */
export async function settle(turns = 5): Promise<void> {
  for (let turn = 0; turn < turns; turn++) await new Promise((resolve) => setImmediate(resolve))
}
