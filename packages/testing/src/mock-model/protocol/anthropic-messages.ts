import { joinTurns, type Turn } from '../conversation.ts'
import { asList, asObject, asText, type Json } from '../json.ts'
import type { ModelReply } from '../model-reply.ts'
import { inPieces, type Protocol, type SentEvent } from './protocol.ts'

/** `POST …/messages`, as Anthropic's models are asked. */
export const anthropicMessages: Protocol = {
  name: 'anthropic-messages',
  matches: (path) => path.endsWith('/messages'),
  read(body) {
    const format = asObject(asObject(body['output_config'])['format'] ?? body['output_format'])
    const choice = asObject(body['tool_choice'])
    return {
      model: asText(body['model']),
      isStreaming: body['stream'] === true,
      system: textOf(body['system']),
      turns: joinTurns(asList(body['messages']).map(readMessage)),
      tools: asList(body['tools']).map((tool) => ({
        name: asText(tool['name']),
        schema: tool['input_schema'],
      })),
      ...(format['type'] === 'json_schema' && { answerSchema: format['schema'] }),
      ...(choice['type'] === 'tool' && { forcedTool: asText(choice['name']) }),
    }
  },
  whole: (reply) => ({
    ...head(reply),
    content: blocks(reply),
    stop_reason: stopReason(reply),
    usage: usage(reply),
  }),
  events(reply) {
    const start = {
      ...head(reply),
      content: [],
      stop_reason: null,
      usage: { ...usage(reply), output_tokens: 1 },
    }
    return [
      event('message_start', { message: start }),
      ...blocks(reply).flatMap(blockEvents),
      event('message_delta', {
        delta: { stop_reason: stopReason(reply), stop_sequence: null },
        usage: { output_tokens: reply.usage.out },
      }),
      event('message_stop', {}),
    ]
  },
  refusal: ({ status, message, code }) => ({
    type: 'error',
    error: { type: code ?? ERROR_TYPES[status] ?? 'api_error', message },
  }),
}

const ERROR_TYPES: Readonly<Record<number, string>> = {
  400: 'invalid_request_error',
  401: 'authentication_error',
  403: 'permission_error',
  404: 'not_found_error',
  413: 'request_too_large',
  429: 'rate_limit_error',
  529: 'overloaded_error',
}

function readMessage(message: Json): Turn {
  return { by: message['role'] === 'assistant' ? 'model' : 'caller', text: textOf(message['content']) }
}

/** Text blocks only: what a tool found is nobody's instruction. */
function textOf(content: unknown): string {
  if (typeof content === 'string') return content
  return asList(content)
    .map((block) => asText(block['text']))
    .filter((text) => text !== '')
    .join('\n')
}

function head({ id, model }: ModelReply): Json {
  return { id: `msg_${id}`, type: 'message', role: 'assistant', model, stop_sequence: null }
}

function usage({ usage: { in: all, out, cached } }: ModelReply): Json {
  return {
    input_tokens: all - cached,
    cache_creation_input_tokens: 0,
    cache_read_input_tokens: cached,
    output_tokens: out,
  }
}

function stopReason(reply: ModelReply): string {
  return reply.call === undefined ? 'end_turn' : 'tool_use'
}

function blocks({ text, call }: ModelReply): readonly Json[] {
  return [
    ...(text === '' ? [] : [{ type: 'text', text }]),
    ...(call === undefined
      ? []
      : [{ type: 'tool_use', id: `toolu_${call.id}`, name: call.name, input: call.input }]),
  ]
}

function blockEvents(block: Json, index: number): readonly SentEvent[] {
  const isText = block['type'] === 'text'
  const pieces = inPieces(isText ? asText(block['text']) : JSON.stringify(block['input']))
  const deltas = pieces.map((piece) =>
    isText ? { type: 'text_delta', text: piece } : { type: 'input_json_delta', partial_json: piece },
  )
  const empty = isText ? { ...block, text: '' } : { ...block, input: {} }
  return [
    event('content_block_start', { index, content_block: empty }),
    ...deltas.map((delta) => event('content_block_delta', { index, delta })),
    event('content_block_stop', { index }),
  ]
}

function event(type: string, data: Json): SentEvent {
  return { event: type, data: { type, ...data } }
}
