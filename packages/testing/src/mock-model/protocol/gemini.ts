import { joinTurns, type Turn } from '../conversation.ts'
import { asList, asObject, asText, type Json } from '../json.ts'
import type { ModelRefusal, ModelReply } from '../model-reply.ts'
import { inPieces, type Protocol } from './protocol.ts'

const METHOD = /\/models\/([^/:]+):(?:generateContent|streamGenerateContent)$/

/** `POST …/models/<model>:generateContent` and its streaming sister. */
export const gemini: Protocol = {
  name: 'gemini',
  matches: (path) => METHOD.test(path),
  read(body, url) {
    const config = asObject(body['generationConfig'])
    const declarations = asList(body['tools']).flatMap((tool) => asList(tool['functionDeclarations']))
    const calling = asObject(asObject(body['toolConfig'])['functionCallingConfig'])
    const allowed = calling['mode'] === 'ANY' ? calling['allowedFunctionNames'] : undefined
    return {
      model: METHOD.exec(url.pathname)?.[1] ?? '',
      isStreaming: url.pathname.endsWith(':streamGenerateContent'),
      system: textOf(asObject(body['systemInstruction'])['parts']),
      turns: joinTurns(asList(body['contents']).map(readContent)),
      tools: declarations.map((tool) => ({
        name: asText(tool['name']),
        schema: tool['parametersJsonSchema'] ?? tool['parameters'] ?? {},
      })),
      ...(config['responseMimeType'] === 'application/json' && {
        answerSchema: config['responseJsonSchema'] ?? config['responseSchema'] ?? {},
      }),
      ...(Array.isArray(allowed) && { forcedTool: asText(allowed[0]) }),
    }
  },
  whole: (reply) => chunk(reply, parts(reply), true),
  events(reply) {
    const pieces = inPieces(reply.text).map((text) => [{ text }])
    const calls = parts({ ...reply, text: '' })
    const all = [...pieces, ...(calls.length > 0 || pieces.length === 0 ? [calls] : [])]
    return all.map((part, at) => ({ data: chunk(reply, part, at === all.length - 1) }))
  },
  refusal(refusal) {
    const { status, message, code } = refusal
    const word = code ?? STATUS_WORDS[status] ?? 'INTERNAL'
    const details = refusalDetails(refusal)
    return { error: { code: status, message, status: word, ...(details.length > 0 && { details }) } }
  },
}

const STATUS_WORDS: Readonly<Record<number, string>> = {
  400: 'INVALID_ARGUMENT',
  401: 'UNAUTHENTICATED',
  403: 'PERMISSION_DENIED',
  404: 'NOT_FOUND',
  429: 'RESOURCE_EXHAUSTED',
  503: 'UNAVAILABLE',
}

const DETAIL = 'type.googleapis.com/google.rpc.'

function refusalDetails({ isQuota, retryAfterS }: ModelRefusal): readonly Json[] {
  const violations = [{ quotaMetric: 'generate_requests', quotaId: 'GenerateRequestsPerDayPerProject' }]
  return [
    ...(isQuota === true ? [{ '@type': `${DETAIL}QuotaFailure`, violations }] : []),
    ...(retryAfterS === undefined ? [] : [{ '@type': `${DETAIL}RetryInfo`, retryDelay: `${retryAfterS}s` }]),
  ]
}

function readContent(content: Json): Turn {
  return { by: content['role'] === 'model' ? 'model' : 'caller', text: textOf(content['parts']) }
}

function textOf(list: unknown): string {
  return asList(list)
    .map((part) => asText(part['text']))
    .filter((text) => text !== '')
    .join('\n')
}

function parts({ text, call }: ModelReply): readonly Json[] {
  return [
    ...(text === '' ? [] : [{ text }]),
    ...(call === undefined ? [] : [{ functionCall: { name: call.name, args: call.input } }]),
  ]
}

function chunk({ id, model, usage }: ModelReply, content: readonly Json[], isLast: boolean): Json {
  return {
    candidates: [
      { content: { role: 'model', parts: content }, index: 0, ...(isLast && { finishReason: 'STOP' }) },
    ],
    ...(isLast && {
      usageMetadata: {
        promptTokenCount: usage.in,
        cachedContentTokenCount: usage.cached,
        candidatesTokenCount: usage.out,
        totalTokenCount: usage.in + usage.out,
      },
    }),
    modelVersion: model,
    responseId: id,
  }
}
