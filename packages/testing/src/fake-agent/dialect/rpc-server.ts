import type { AgentPort } from '../agent-port.ts'
import { objectOf, type JsonObject } from './json-value.ts'

/** A request or a notification of the other side. */
export interface RpcCall {
  readonly method: string
  readonly params: JsonObject
  /** Absent in a notification. */
  readonly id: unknown
}

/** The side of JSON-RPC that answers, one message a line; it may ask too. */
export class RpcServer {
  readonly #port: AgentPort
  readonly #head: object
  readonly #waiting = new Map<unknown, (result: JsonObject) => void>()
  #nextId = 0

  constructor(port: AgentPort, { saysVersion }: { readonly saysVersion: boolean }) {
    this.#port = port
    this.#head = saysVersion ? { jsonrpc: '2.0' } : {}
  }

  notify(method: string, params: object, more: object = {}): void {
    this.#port.json({ ...this.#head, method, params, ...more })
  }

  reply(id: unknown, result: object): void {
    this.#port.json({ ...this.#head, id, result })
  }

  /** The reply that ends a turn. */
  replyLast(id: unknown, answer: { readonly result: object } | { readonly error: object }): void {
    this.#port.last({ ...this.#head, id, ...answer })
  }

  reject(id: unknown, code: number, message: string, data?: object): void {
    this.#port.json({
      ...this.#head,
      id,
      error: { code, message, ...(data === undefined ? {} : { data }) },
    })
  }

  /** Asks the other side; an error is an empty answer. */
  ask(method: string, params: object): { readonly id: number; readonly answer: Promise<JsonObject> } {
    const id = this.#nextId++
    const answer = new Promise<JsonObject>((resolve) => this.#waiting.set(id, resolve))
    // Which comes first differs from tool to tool, and nobody minds.
    this.#port.json(
      'jsonrpc' in this.#head ? { ...this.#head, id, method, params } : { ...this.#head, method, id, params },
    )
    return { id, answer }
  }

  /** Takes a message; a call of the other side is handed back. */
  hear(message: JsonObject): RpcCall | undefined {
    const { method, id } = message
    if (typeof method === 'string') return { method, id, params: objectOf(message['params']) }
    this.#waiting.get(id)?.(objectOf(message['result']))
    this.#waiting.delete(id)
    return undefined
  }
}
