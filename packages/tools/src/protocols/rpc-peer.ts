import type { Failure } from '@ws/core'
import { classifyError, failureOf } from '../failure/classify.ts'
import type { FailureRule } from '../failure/failure-rule.ts'
import { selectNumber, selectText } from '../message/select.ts'
import { isJsonObject, type JsonObject } from '../wire/read-lines.ts'
import type { Wire, WireExit } from '../wire/wire.ts'
import { exitFailure, readFrames, sendJson, tooLong } from './read-frames.ts'

/** The answer to a request of ours; it always comes. */
export type RpcAnswer =
  | { readonly kind: 'result'; readonly result: JsonObject }
  | { readonly kind: 'error'; readonly message: string; readonly code: number | undefined }
  | { readonly kind: 'gone'; readonly end: RpcEnd }

/** Why there is no more to come: the process is gone, or it said something that is no protocol. */
export type RpcEnd =
  { readonly is: 'exited'; readonly exit: WireExit } | { readonly is: 'broken'; readonly failure: Failure }

/** What the other side may say by itself. Nothing of it may throw. */
export interface RpcListener {
  onNotification(method: string, message: JsonObject): void
  /** Answers a request of theirs; `undefined` says that there is no such thing. */
  onRequest(method: string, params: JsonObject, message: JsonObject): Promise<object | undefined>
  onNoise(text: string): void
  /** Called once, after everything that waits was told. */
  onEnd(end: RpcEnd): void
}

/** Requests and notifications both ways, one JSON object a line. Every request of ours is answered exactly once. */
export class RpcPeer {
  readonly #wire: Wire
  readonly #listener: RpcListener
  readonly #waiting = new Map<number, (answer: RpcAnswer) => void>()
  #count = 0
  #end: RpcEnd | undefined

  constructor(
    wire: Wire,
    listener: RpcListener,
    options: { readonly maxLineBytes?: number | undefined } = {},
  ) {
    this.#wire = wire
    this.#listener = listener
    void readFrames(
      wire,
      {
        onMessage: (message) => this.#hear(message),
        onNoise: (text) => listener.onNoise(text),
        onTooLong: (bytes) => this.#finish({ is: 'broken', failure: tooLong(bytes) }),
        onExit: (exit) => this.#finish({ is: 'exited', exit }),
      },
      options,
    )
  }

  /** `onAnswer` is called before the next message is read, the promise settles some time later. */
  request(method: string, params: object, onAnswer?: (answer: RpcAnswer) => void): Promise<RpcAnswer> {
    const { promise, resolve } = Promise.withResolvers<RpcAnswer>()
    const settle = (answer: RpcAnswer) => {
      onAnswer?.(answer)
      resolve(answer)
    }
    if (this.#end !== undefined) {
      settle({ kind: 'gone', end: this.#end })
      return promise
    }
    const id = ++this.#count
    this.#waiting.set(id, settle)
    sendJson(this.#wire, { jsonrpc: '2.0', id, method, params })
    return promise
  }

  notify(method: string, params?: object): void {
    sendJson(this.#wire, { jsonrpc: '2.0', method, ...(params === undefined ? {} : { params }) })
  }

  #hear(message: JsonObject): void {
    if (this.#end !== undefined) return
    const { id, method } = message
    if (typeof method === 'string') {
      if (id === undefined) this.#listener.onNotification(method, message)
      else if (typeof id === 'string' || typeof id === 'number') void this.#answer(id, method, message)
    } else if (typeof id === 'number') {
      const settle = this.#waiting.get(id)
      this.#waiting.delete(id)
      settle?.(answerOf(message))
    }
  }

  async #answer(id: string | number, method: string, message: JsonObject): Promise<void> {
    const params = isJsonObject(message['params']) ? message['params'] : {}
    const result = await this.#listener.onRequest(method, params, message)
    if (this.#end !== undefined) return
    if (result !== undefined) sendJson(this.#wire, { jsonrpc: '2.0', id, result })
    else {
      const error = { code: -32_601, message: `there is no ${method} here` }
      sendJson(this.#wire, { jsonrpc: '2.0', id, error })
    }
  }

  #finish(end: RpcEnd): void {
    if (this.#end !== undefined) return
    this.#end = end
    const waiting = [...this.#waiting.values()]
    this.#waiting.clear()
    for (const settle of waiting) settle({ kind: 'gone', end })
    this.#listener.onEnd(end)
  }
}

function answerOf(message: JsonObject): RpcAnswer {
  if ('error' in message) {
    const said = selectText(message, 'error.message') ?? 'an error without a message'
    return { kind: 'error', message: said, code: selectNumber(message, 'error.code') }
  }
  return { kind: 'result', result: isJsonObject(message['result']) ? message['result'] : {} }
}

/** Why a request was not answered as it should be. */
export function failureOfAnswer(
  answer: Exclude<RpcAnswer, { kind: 'result' }>,
  rules: readonly FailureRule[],
): Failure {
  if (answer.kind === 'error') {
    const error = { message: answer.message }
    return classifyError(error, { rules }) ?? failureOf('protocol', error)
  }
  return answer.end.is === 'exited' ? exitFailure(answer.end.exit, rules) : answer.end.failure
}
