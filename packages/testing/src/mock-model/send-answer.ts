import type { ServerResponse } from 'node:http'
import type { Conversation } from './conversation.ts'
import type { ModelReply } from './model-reply.ts'
import type { Protocol, SentEvent } from './protocol/protocol.ts'

/** Sends a reply in one piece or as a stream, whichever was asked for. */
export function sendReply(response: ServerResponse, { protocol, conversation, reply, url }: Sending): void {
  if (!conversation.isStreaming) return sendJson(response, 200, protocol.whole(reply))
  const events = protocol.events(reply)
  // Without `alt=sse` one provider streams the elements of a list.
  if (protocol.name === 'gemini' && url.searchParams.get('alt') !== 'sse')
    return sendJson(
      response,
      200,
      events.map(({ data }) => data),
    )
  response.writeHead(200, STREAM_HEADERS)
  for (const event of events) response.write(serverSentEvent(event))
  response.end()
}

/** Sends half of what it would have sent, and hangs up. */
export function sendCut(response: ServerResponse, { protocol, conversation, reply }: Sending): void {
  const [text, headers] = conversation.isStreaming
    ? [protocol.events(reply).map(serverSentEvent).join(''), STREAM_HEADERS]
    : [JSON.stringify(protocol.whole(reply)), { 'content-type': 'application/json' }]
  response.writeHead(200, headers)
  response.write(text.slice(0, Math.floor(text.length / 2)), () => response.destroy())
}

export interface Sending {
  readonly protocol: Protocol
  readonly conversation: Conversation
  readonly reply: ModelReply
  readonly url: URL
}

export function sendJson(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers })
  response.end(JSON.stringify(body))
}

const STREAM_HEADERS = { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' }

function serverSentEvent({ event, data }: SentEvent): string {
  const name = event === undefined ? '' : `event: ${event}\n`
  return `${name}data: ${typeof data === 'string' ? data : JSON.stringify(data)}\n\n`
}
