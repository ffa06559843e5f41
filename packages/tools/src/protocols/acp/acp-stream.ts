import type { AnyMessage, Stream } from '@agentclientprotocol/sdk'
import { isJsonObject, type JsonObject } from '../../wire/read-lines.ts'
import type { Wire } from '../../wire/wire.ts'
import { sendJson } from '../read-frames.ts'

/**
 * The wire as a stream of messages for the SDK, over our own framing: bounded lines, noise kept aside, and nothing
 * handed on that the SDK would complain about on the terminal. Notifications go past it: it refuses updates that a
 * newer agent makes, and hears them after an answer that stands behind them.
 */
export class AcpStream {
  readonly stream: Stream
  /** Requests of ours that wait; an answer to anything else is dropped. */
  readonly #asked = new Set<unknown>()
  readonly #onNotification: (method: string, message: JsonObject) => void
  #controller: ReadableStreamDefaultController<AnyMessage> | undefined

  constructor(wire: Wire, onNotification: (method: string, message: JsonObject) => void) {
    this.#onNotification = onNotification
    this.stream = {
      readable: new ReadableStream<AnyMessage>({
        start: (controller) => {
          this.#controller = controller
        },
        cancel: () => {
          this.#controller = undefined
        },
      }),
      writable: new WritableStream<AnyMessage>({
        write: (message) => {
          if ('method' in message && 'id' in message) this.#asked.add(message.id)
          sendJson(wire, message)
        },
      }),
    }
  }

  /** A message of the agent; `false` where it is none of the protocol. */
  push(message: JsonObject): boolean {
    if (!isMessage(message)) return false
    if ('method' in message && !('id' in message)) {
      this.#onNotification(message.method, message)
      return true
    }
    if (!('method' in message) && !this.#asked.delete(message.id)) return false
    this.#controller?.enqueue(message)
    return true
  }

  /** No more will come: what waits for an answer is told. */
  end(): void {
    try {
      this.#controller?.close()
    } catch {
      // The SDK closed it before.
    }
    this.#controller = undefined
  }
}

/** The SDK takes the version for granted; agents leave it out. */
function isMessage(message: JsonObject): message is JsonObject & AnyMessage {
  const { id, method, error } = message
  const hasId = typeof id === 'string' || typeof id === 'number'
  if (method !== undefined) return typeof method === 'string' && (id === undefined || hasId)
  if (error !== undefined) {
    return (
      hasId &&
      isJsonObject(error) &&
      typeof error['code'] === 'number' &&
      typeof error['message'] === 'string'
    )
  }
  return hasId && 'result' in message
}
