// The caller's side of JSON-RPC in lines, as far as a recording needs it.
import type { RecordedProcess } from './recorded-process.ts'

export interface RpcMessage {
  readonly id?: number | string
  readonly method?: string
  readonly params?: Readonly<Record<string, unknown>>
  readonly result?: Readonly<Record<string, unknown>>
  readonly error?: unknown
}

export type RpcAnswer = { readonly result: unknown } | { readonly error: unknown }

export class RpcCaller {
  readonly #process: RecordedProcess
  readonly #answer: (message: RpcMessage) => RpcAnswer
  #lastId = 0

  /** `answer` says what becomes of what the other side asks. */
  constructor(process: RecordedProcess, answer: (message: RpcMessage) => RpcAnswer) {
    this.#process = process
    this.#answer = answer
  }

  notify(method: string, params?: unknown): void {
    this.#send({ jsonrpc: '2.0', method, ...(params !== undefined && { params }) })
  }

  /** Asks without waiting; somebody else reads what comes back. */
  ask(method: string, params: unknown): number {
    this.#lastId += 1
    this.#send({ jsonrpc: '2.0', id: this.#lastId, method, params })
    return this.#lastId
  }

  async request(method: string, params: unknown): Promise<RpcMessage> {
    const id = this.ask(method, params)
    return this.next((message) => message.method === undefined && message.id === id)
  }

  /** The next message that fits; what the other side asks meanwhile is answered. */
  async next(fits: (message: RpcMessage) => boolean): Promise<RpcMessage> {
    for (;;) {
      const message: RpcMessage = JSON.parse(await this.#process.nextOutput((text) => text.startsWith('{')))
      if (message.method !== undefined && message.id !== undefined)
        this.#send({ jsonrpc: '2.0', id: message.id, ...this.#answer(message) })
      if (fits(message)) return message
    }
  }

  #send(message: unknown): void {
    this.#process.write(`${JSON.stringify(message)}\n`)
  }
}
