import type { Json } from '../json.ts'
import type { ModelRefusal } from '../model-reply.ts'

const ERROR_TYPES: Readonly<Record<number, string>> = {
  400: 'invalid_request_error',
  401: 'authentication_error',
  403: 'permission_error',
  404: 'invalid_request_error',
  429: 'rate_limit_error',
}

/** An error as both of OpenAI's protocols write it. */
export function openaiRefusal({ status, message, code, isQuota }: ModelRefusal): Json {
  const word = code ?? (isQuota === true ? 'insufficient_quota' : undefined)
  return {
    error: { message, type: word ?? ERROR_TYPES[status] ?? 'server_error', param: null, code: word ?? null },
  }
}
