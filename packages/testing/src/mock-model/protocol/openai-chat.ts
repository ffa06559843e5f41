import { joinTurns, type Turn } from '../conversation.ts'
import { asList, asObject, asText, type Json } from '../json.ts'
import type { ModelReply } from '../model-reply.ts'
import { openaiRefusal } from './openai-refusal.ts'
import { inPieces, type Protocol, type SentEvent } from './protocol.ts'

/** `POST …/chat/completions`, which most servers of models speak. */
export const openaiChat: Protocol = {
  name: 'openai-chat',
  matches: (path) => path.endsWith('/chat/completions'),
  read(body) {
    const messages = asList(body['messages'])
    const isContext = (message: Json) => message['role'] === 'system' || message['role'] === 'developer'
    const format = asObject(body['response_format'])
    const choice = asObject(body['tool_choice'])
    return {
      model: asText(body['model']),
      isStreaming: body['stream'] === true,
      system: messages
        .filter(isContext)
        .map((message) => textOf(message['content']))
        .join('\n'),
      turns: joinTurns(messages.filter((message) => !isContext(message)).map(readMessage)),
      tools: asList(body['tools']).map(readTool),
      ...(format['type'] === 'json_schema' && { answerSchema: asObject(format['json_schema'])['schema'] }),
      ...(format['type'] === 'json_object' && { answerSchema: {} }),
      ...(choice['type'] === 'function' && { forcedTool: asText(asObject(choice['function'])['name']) }),
    }
  },
  whole: (reply) => ({
    ...head(reply, 'chat.completion'),
    choices: [
      {
        index: 0,
        message: {
          role: 'assistant',
          content: reply.text === '' ? null : reply.text,
          ...(reply.call !== undefined && { tool_calls: [toolCall(reply.call)] }),
        },
        finish_reason: finishReason(reply),
      },
    ],
    usage: usage(reply),
  }),
  events(reply) {
    const chunk = (delta: Json, finish: string | null = null): SentEvent => ({
      data: {
        ...head(reply, 'chat.completion.chunk'),
        choices: [{ index: 0, delta, finish_reason: finish }],
      },
    })
    return [
      chunk({ role: 'assistant', content: '' }),
      ...inPieces(reply.text).map((content) => chunk({ content })),
      ...(reply.call === undefined ? [] : callDeltas(reply.call).map((delta) => chunk(delta))),
      chunk({}, finishReason(reply)),
      // Sent whether it was asked for or not: callers that do not know it skip a chunk without choices.
      { data: { ...head(reply, 'chat.completion.chunk'), choices: [], usage: usage(reply) } },
      { data: '[DONE]' },
    ]
  },
  refusal: openaiRefusal,
}

function readMessage(message: Json): Turn {
  const by = message['role'] === 'assistant' ? 'model' : 'caller'
  // What a tool found is nobody's instruction.
  return { by, text: message['role'] === 'tool' ? '' : textOf(message['content']) }
}

function textOf(content: unknown): string {
  if (typeof content === 'string') return content
  return asList(content)
    .map((part) => asText(part['text']))
    .join('\n')
}

function readTool(tool: Json): { name: string; schema?: unknown } {
  if (tool['type'] === 'custom') return { name: asText(asObject(tool['custom'])['name']) }
  const declared = asObject(tool['function'])
  return { name: asText(declared['name']), schema: declared['parameters'] ?? {} }
}

function head({ id, model }: ModelReply, object: string): Json {
  return { id: `chatcmpl-${id}`, object, created: 0, model }
}

function usage({ usage: { in: all, out, cached } }: ModelReply): Json {
  return {
    prompt_tokens: all,
    completion_tokens: out,
    total_tokens: all + out,
    prompt_tokens_details: { cached_tokens: cached },
  }
}

function finishReason(reply: ModelReply): string {
  return reply.call === undefined ? 'stop' : 'tool_calls'
}

function toolCall({ id, name, input }: NonNullable<ModelReply['call']>): Json {
  return typeof input === 'string'
    ? { id: `call_${id}`, type: 'custom', custom: { name, input } }
    : { id: `call_${id}`, type: 'function', function: { name, arguments: JSON.stringify(input) } }
}

function callDeltas(call: NonNullable<ModelReply['call']>): readonly Json[] {
  if (typeof call.input === 'string') return [{ tool_calls: [{ index: 0, ...toolCall(call) }] }]
  const [first = '', ...rest] = inPieces(JSON.stringify(call.input))
  const start = { ...toolCall(call), function: { name: call.name, arguments: first } }
  return [
    { tool_calls: [{ index: 0, ...start }] },
    ...rest.map((piece) => ({ tool_calls: [{ index: 0, function: { arguments: piece } }] })),
  ]
}
