import { joinTurns, type Turn } from '../conversation.ts'
import { asList, asObject, asText, type Json } from '../json.ts'
import type { ModelReply } from '../model-reply.ts'
import { openaiRefusal } from './openai-refusal.ts'
import { inPieces, type Protocol, type SentEvent } from './protocol.ts'

/** `POST …/responses`, as OpenAI's own models are asked. */
export const openaiResponses: Protocol = {
  name: 'openai-responses',
  matches: (path) => path.endsWith('/responses'),
  read(body) {
    const items =
      typeof body['input'] === 'string' ? [{ role: 'user', content: body['input'] }] : asList(body['input'])
    const isContext = (item: Json) => item['role'] === 'system' || item['role'] === 'developer'
    const context = items.filter(isContext).map((item) => textOf(item['content']))
    const format = asObject(asObject(body['text'])['format'])
    const choice = asObject(body['tool_choice'])
    return {
      model: asText(body['model']),
      isStreaming: body['stream'] === true,
      system: [asText(body['instructions']), ...context].join('\n'),
      turns: joinTurns(items.filter((item) => !isContext(item)).map(readItem)),
      tools: asList(body['tools']).map(readTool),
      ...(format['type'] === 'json_schema' && { answerSchema: format['schema'] }),
      ...(choice['type'] === 'function' && { forcedTool: asText(choice['name']) }),
    }
  },
  whole: (reply) => response(reply, 'completed', items(reply)),
  events(reply) {
    const events: Json[] = [
      { type: 'response.created', response: response(reply, 'in_progress', []) },
      ...items(reply).flatMap(itemEvents),
      { type: 'response.completed', response: response(reply, 'completed', items(reply)) },
    ]
    return events.map((data, at): SentEvent => ({
      event: asText(data['type']),
      data: { ...data, sequence_number: at },
    }))
  },
  refusal: openaiRefusal,
}

function readItem(item: Json): Turn {
  const type = asText(item['type'])
  if (type.endsWith('_output')) return { by: 'caller', text: '' }
  const isCaller = (type === '' || type === 'message') && item['role'] !== 'assistant'
  return { by: isCaller ? 'caller' : 'model', text: textOf(item['content']) }
}

function textOf(content: unknown): string {
  if (typeof content === 'string') return content
  return asList(content)
    .map((part) => asText(part['text']))
    .join('\n')
}

function readTool(tool: Json): { name: string; schema?: unknown } {
  // Tools of the provider itself, such as a web search, have a type and no name.
  const name = asText(tool['name'] ?? tool['type'])
  return tool['type'] === 'function' ? { name, schema: tool['parameters'] ?? {} } : { name }
}

function response({ id, model, usage }: ModelReply, status: string, output: readonly Json[]): Json {
  return {
    id: `resp_${id}`,
    object: 'response',
    created_at: 0,
    status,
    model,
    output,
    error: null,
    usage: {
      input_tokens: usage.in,
      input_tokens_details: { cached_tokens: usage.cached },
      output_tokens: usage.out,
      output_tokens_details: { reasoning_tokens: 0 },
      total_tokens: usage.in + usage.out,
    },
  }
}

function items({ id, text, call }: ModelReply): readonly Json[] {
  const message = {
    id: `msg_${id}`,
    type: 'message',
    role: 'assistant',
    status: 'completed',
    content: [{ type: 'output_text', text, annotations: [] }],
  }
  return [...(text === '' ? [] : [message]), ...(call === undefined ? [] : [callItem(call)])]
}

function callItem({ id, name, input }: NonNullable<ModelReply['call']>): Json {
  const common = { id: `item_${id}`, call_id: `call_${id}`, name, status: 'completed' }
  return typeof input === 'string'
    ? { type: 'custom_tool_call', ...common, input }
    : { type: 'function_call', ...common, arguments: JSON.stringify(input) }
}

function itemEvents(item: Json, index: number): readonly Json[] {
  const place = { output_index: index, item_id: item['id'] }
  const added = { ...item, status: 'in_progress' }
  switch (item['type']) {
    case 'message': {
      const text = asText(asList(item['content'])[0]?.['text'])
      const part = { type: 'output_text', text, annotations: [] }
      return [
        { type: 'response.output_item.added', output_index: index, item: { ...added, content: [] } },
        { type: 'response.content_part.added', ...place, content_index: 0, part: { ...part, text: '' } },
        ...inPieces(text).map((delta) => ({
          type: 'response.output_text.delta',
          ...place,
          content_index: 0,
          delta,
        })),
        { type: 'response.output_text.done', ...place, content_index: 0, text },
        { type: 'response.content_part.done', ...place, content_index: 0, part },
        { type: 'response.output_item.done', output_index: index, item },
      ]
    }
    case 'function_call':
      return [
        { type: 'response.output_item.added', output_index: index, item: { ...added, arguments: '' } },
        ...inPieces(asText(item['arguments'])).map((delta) => ({
          type: 'response.function_call_arguments.delta',
          ...place,
          delta,
        })),
        { type: 'response.function_call_arguments.done', ...place, arguments: item['arguments'] },
        { type: 'response.output_item.done', output_index: index, item },
      ]
    default:
      return [
        { type: 'response.output_item.added', output_index: index, item: { ...added, input: '' } },
        { type: 'response.custom_tool_call_input.delta', ...place, delta: item['input'] },
        { type: 'response.custom_tool_call_input.done', ...place, input: item['input'] },
        { type: 'response.output_item.done', output_index: index, item },
      ]
  }
}
