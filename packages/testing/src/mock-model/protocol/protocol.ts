import type { Conversation } from '../conversation.ts'
import type { Json } from '../json.ts'
import type { ModelRefusal, ModelReply } from '../model-reply.ts'

/** How one provider's requests and answers are written. Nothing here knows of scripts, sockets or time. */
export interface Protocol {
  readonly name: 'anthropic-messages' | 'gemini' | 'openai-chat' | 'openai-responses'
  /** Whether a path ends at this protocol, and for which model where the path says so. */
  matches(path: string): boolean
  read(body: Json, url: URL): Conversation
  /** The body of an answer in one piece. */
  whole(reply: ModelReply): Json
  /** The same answer as server-sent events. */
  events(reply: ModelReply): readonly SentEvent[]
  /** The body of a refused request. */
  refusal(refusal: ModelRefusal): Json
}

/** One server-sent event; `data` is JSON unless it is a closing word. */
export interface SentEvent {
  readonly event?: string
  readonly data: Json | '[DONE]'
}

/** Cuts a text in two, so that a reader has to join what was streamed. */
export function inPieces(text: string): readonly string[] {
  const middle = Math.ceil(text.length / 2)
  return [text.slice(0, middle), text.slice(middle)].filter((piece) => piece !== '')
}
