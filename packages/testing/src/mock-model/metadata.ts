import type { ServerResponse } from 'node:http'
import { sendJson } from './send-answer.ts'

const MODEL = 'mock-model'

/** Answers what is not about a conversation: which models there are, and how many tokens a text has. */
export function sendMetadata(response: ServerResponse, method: string, path: string): void {
  if (method === 'POST' && path.endsWith('/messages/count_tokens'))
    return sendJson(response, 200, { input_tokens: 1000 })
  if (method === 'POST' && path.endsWith(':countTokens'))
    return sendJson(response, 200, { totalTokens: 1000 })
  if (method === 'GET' && path.endsWith('/v1beta/models')) {
    const methods = ['generateContent', 'countTokens']
    return sendJson(response, 200, {
      models: [{ name: `models/${MODEL}`, supportedGenerationMethods: methods }],
    })
  }
  if (method === 'GET' && path.endsWith('/models')) {
    // The lists of OpenAI and Anthropic differ in fields that the other one does not look at.
    const model = {
      id: MODEL,
      object: 'model',
      type: 'model',
      display_name: MODEL,
      created: 0,
      owned_by: 'mock',
    }
    return sendJson(response, 200, { object: 'list', data: [model], has_more: false })
  }
  sendJson(response, 404, { error: { message: `mock model: nothing at ${method} ${path}` } })
}
