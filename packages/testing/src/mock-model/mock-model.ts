import { EventEmitter, once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import { systemClock, WsError, type Clock } from '@ws/core'
import type { Conversation } from './conversation.ts'
import { decideAnswer, type Answer } from './decide-answer.ts'
import { digest, GateCounter } from './gate-counter.ts'
import { asObject, type Json } from './json.ts'
import { sendMetadata } from './metadata.ts'
import type { GateStep } from './model-step.ts'
import { anthropicMessages } from './protocol/anthropic-messages.ts'
import { gemini } from './protocol/gemini.ts'
import { openaiChat } from './protocol/openai-chat.ts'
import { openaiResponses } from './protocol/openai-responses.ts'
import type { Protocol } from './protocol/protocol.ts'
import { readBody } from './read-body.ts'
import { sendCut, sendJson, sendReply, type Sending } from './send-answer.ts'

/** How the mock model is started. */
export interface MockModelOptions {
  /** @default 0, any that is free */
  readonly port?: number
  /** For `delayMs`. @default systemClock() */
  readonly clock?: Clock
}

/** A model on loopback that does what the prompt's script says. */
export interface MockModel extends AsyncDisposable {
  /** Without a path: callers add the `/v1` or `/v1beta` of their protocol. */
  readonly url: string
  /** What was asked so far, in the order in which it came; also what was refused. */
  readonly requests: readonly MockModelRequest[]
  /** Resolves when it was asked so often, also when it does not answer. */
  asked(times?: number): Promise<void>
  /** Hangs up on everybody, also on those who are still waiting. */
  close(): Promise<void>
}

/** One request for an answer. */
export interface MockModelRequest {
  readonly protocol: Protocol['name']
  readonly path: string
  readonly model: string
  /** What a tool asks for itself (a title, a choice of model) is `side`; without a script in it, `unscripted`. */
  readonly kind: Answer['kind']
  /** The names of the tools that were declared. */
  readonly tools: readonly string[]
  readonly body: Json
}

const PROTOCOLS = [anthropicMessages, openaiResponses, openaiChat, gemini]

/**
 * Starts a model without intelligence for tools that let one choose their server. It speaks OpenAI's Responses and
 * Chat Completions, Anthropic's Messages and Gemini's API, streaming or not, and follows the script that stands in
 * the last scripted message of the conversation (`modelScript`).
 *
 * @example
 * const model = await startMockModel()
 * spawn('claude', ['-p'], { env: { ANTHROPIC_BASE_URL: model.url, ANTHROPIC_API_KEY: 'none' } })
 *
 * @throws `WS_MOCK_MODEL_PORT` where the port cannot be had
 */
export async function startMockModel({
  port = 0,
  clock = systemClock(),
}: MockModelOptions = {}): Promise<MockModel> {
  const requests: MockModelRequest[] = []
  const gates = new GateCounter()
  const news = new EventEmitter<{ asked: [] }>()
  const server = createServer((request, response) => {
    handle(request, response).catch((error: unknown) => {
      const message = error instanceof Error ? error.message : String(error)
      if (!response.headersSent) sendJson(response, 400, { error: { message: `mock model: ${message}` } })
    })
  })

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://localhost')
    const protocol =
      request.method === 'POST' ? PROTOCOLS.find(({ matches }) => matches(url.pathname)) : undefined
    const text = await readBody(request)
    if (protocol === undefined) return sendMetadata(response, request.method ?? 'GET', url.pathname)
    const body = asObject(JSON.parse(text))
    const conversation = protocol.read(body, url)
    const answer = decideAnswer(conversation)
    const tools = conversation.tools.map(({ name }) => name)
    const { model } = conversation
    requests.push({ protocol: protocol.name, path: url.pathname, model, kind: answer.kind, tools, body })
    news.emit('asked')
    if (answer.kind === 'refused') {
      const refusal = { status: 400, message: answer.problem }
      return sendJson(response, refusal.status, protocol.refusal(refusal))
    }
    const id = requestId(conversation)
    const { text: said, call, usage } = answer
    const reply = { id, model, text: said, usage, ...(call !== undefined && { call: { id, ...call } }) }
    const gate = gates.meet(answer.place, answer.gates)
    const delayMs = gate === undefined ? answer.delayMs : 'status' in gate ? (gate.delayMs ?? 0) : 0
    const send = () => sendThrough(response, gate, { protocol, conversation, reply, url })
    if (delayMs === 0) return send()
    const cancel = clock.wakeAt(clock.now() + delayMs, send)
    response.once('close', cancel)
  }

  server.on('upgrade', (_request, socket: Duplex) => {
    // Whoever would like a web socket is told to do without.
    socket.end('HTTP/1.1 426 Upgrade Required\r\nconnection: close\r\ncontent-length: 0\r\n\r\n')
  })
  const address = await listen(server, port)
  let closing: Promise<void> | undefined
  const close = () => {
    closing ??= new Promise((resolve) => {
      server.close(() => resolve())
      server.closeAllConnections()
    })
    return closing
  }
  return {
    url: `http://127.0.0.1:${address}`,
    requests,
    async asked(times = 1) {
      while (requests.length < times) await once(news, 'asked')
    },
    close,
    [Symbol.asyncDispose]: close,
  }
}

function sendThrough(response: ServerResponse, gate: GateStep | undefined, sending: Sending): void {
  if (gate === undefined) return sendReply(response, sending)
  if ('hang' in gate) return
  if ('cut' in gate) return sendCut(response, sending)
  const { status, message = `the mock model says ${status}`, retryAfterS } = gate
  const headers = retryAfterS === undefined ? {} : { 'retry-after': String(retryAfterS) }
  sendJson(response, status, sending.protocol.refusal({ ...gate, message }), headers)
}

/** The same for a request that is tried again, another one for each turn of a conversation. */
function requestId({ model, turns }: Conversation): string {
  return digest(JSON.stringify([model, turns]))
}

function listen(server: ReturnType<typeof createServer>, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause) => {
      reject(
        new WsError('WS_MOCK_MODEL_PORT', `the mock model cannot listen on port ${port}`, {
          details: { port },
          hint: 'leave the port out: any that is free will do',
          cause,
        }),
      )
    })
    server.listen(port, '127.0.0.1', () => {
      const address = server.address()
      resolve(typeof address === 'object' && address !== null ? address.port : port)
    })
  })
}
