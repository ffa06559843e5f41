import type { Failure } from '@ws/core'
import type { LineMessage } from './line-protocol.ts'
import { LineSession } from './line-session.ts'
import { LineSplitter } from './line-splitter.ts'

/** A running program: two streams of bytes and an end. */
export interface LineWire {
  readonly output: AsyncIterable<Uint8Array>
  write(bytes: string): Promise<void>
  end(): void
  readonly exited: Promise<LineExit>
}

/** How a program ended. */
export interface LineExit {
  readonly exitCode: number | null
  readonly signal: string | null
  readonly errorTail: string
}

/** Whether a program takes prompts. */
export type LineReadiness =
  | { readonly isReady: true; readonly version: string }
  | { readonly isReady: false; readonly failure: Failure }

/** An open session, or why there is none. */
export type LineSessionAnswer =
  | { readonly isOpen: true; readonly session: LineSession }
  | { readonly isOpen: false; readonly failure: Failure }

/** How a program is spoken with. */
export interface LineConnectionOptions {
  /** One prompt, then the end of its input. */
  readonly isOneShot: boolean
  /** Sessions are opened by name; otherwise the process is its one session. */
  readonly opensSessions: boolean
}

/** A conversation with one process that speaks the line protocol. */
export class LineConnection {
  readonly ready: Promise<LineReadiness>
  readonly #wire: LineWire
  readonly #isOneShot: boolean
  readonly #opensSessions: boolean
  /** Who waits for a message with this number; the numbers of prompts and requests are one series. */
  readonly #listeners = new Map<number, (message: LineMessage | LineExit) => void>()
  #sayReady: (readiness: LineReadiness) => void = () => {}
  #lastId = 0
  #exit: LineExit | undefined

  constructor(wire: LineWire, { isOneShot, opensSessions }: LineConnectionOptions) {
    this.#wire = wire
    this.#isOneShot = isOneShot
    this.#opensSessions = opensSessions
    this.ready = new Promise((resolve) => (this.#sayReady = resolve))
    if (isOneShot) this.#sayReady({ isReady: true, version: '1' })
    void this.#read()
  }

  async openSession({
    cwd,
    sessionId,
  }: {
    readonly cwd: string
    readonly sessionId?: string
  }): Promise<LineSessionAnswer> {
    if (this.#isOneShot || (!this.#opensSessions && sessionId === undefined))
      return { isOpen: true, session: new LineSession(this, undefined) }
    const id = this.nextId()
    const name = sessionId ?? `s${id}`
    const resume = sessionId === undefined ? {} : { resume: sessionId }
    const answer = await this.request(id, { open: id, session: name, cwd, ...resume })
    if ('exitCode' in answer) return { isOpen: false, failure: { reason: 'lost' } }
    if (answer.isRefused) return { isOpen: false, failure: { reason: 'refused', detail: answer.text ?? '' } }
    return { isOpen: true, session: new LineSession(this, name) }
  }

  close(): void {
    this.#wire.end()
  }

  /** For sessions: a number that no message has yet. */
  nextId(): number {
    return ++this.#lastId
  }

  /** For sessions: asks something and waits for its last word, or the end of the program. */
  request(id: number, line: object): Promise<LineMessage | LineExit> {
    return new Promise((resolve) => this.listen(id, line, (message) => (resolve(message), true)))
  }

  /** For sessions: asks something and hears every message about it, until `listener` has heard enough. */
  listen(id: number, line: object, listener: (message: LineMessage | LineExit) => boolean): void {
    if (this.#exit !== undefined) return void listener(this.#exit)
    this.#listeners.set(id, (message) => {
      if (listener(message)) this.#listeners.delete(id)
    })
    this.tell(line)
    if (this.#isOneShot) this.#wire.end()
  }

  /** For sessions: says something that has no answer of its own. */
  tell(line: object): void {
    void this.#wire.write(`${JSON.stringify(line)}\n`)
  }

  async #read(): Promise<void> {
    const splitter = new LineSplitter()
    for await (const chunk of this.#wire.output) for (const line of splitter.push(chunk)) this.#hear(line)
    this.#exit = await this.#wire.exited
    this.#sayReady({ isReady: false, failure: { reason: 'lost' } })
    for (const listener of [...this.#listeners.values()]) listener(this.#exit)
  }

  #hear(line: string): void {
    const message = parse(line)
    if (message === undefined) return
    if (message.ready !== undefined) this.#sayReady({ isReady: true, version: message.ready })
    const id = message.answer ?? message.part ?? message.spent ?? message.done
    if (id !== undefined) this.#listeners.get(id)?.(message)
  }
}

function parse(line: string): LineMessage | undefined {
  try {
    const said: unknown = JSON.parse(line)
    // Something else that the program prints.
    return typeof said === 'object' && said !== null ? said : undefined
  } catch {
    return undefined
  }
}
