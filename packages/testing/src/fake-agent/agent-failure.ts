import type { FailStep } from './agent-step.ts'

/** Why a model could not be used, as its provider says it. */
export interface AgentFailure {
  readonly kind: FailStep['fail']
  readonly status: number
  readonly message: string
  /** The provider's word for it. */
  readonly code: string
  readonly resetsInS: number | undefined
}

const usual = {
  'api-error': { status: 400, message: 'the request has no sense', code: 'invalid_request_error' },
  auth: { status: 401, message: 'invalid api key', code: 'authentication_error' },
  overloaded: { status: 503, message: 'the model is overloaded', code: 'overloaded_error' },
  quota: { status: 429, message: 'the quota is used up', code: 'insufficient_quota' },
}

/** What the step means, with the usual words where it has none. */
export function failureOf({ fail, message, resetsInS }: FailStep): AgentFailure {
  return { kind: fail, ...usual[fail], ...(message === undefined ? {} : { message }), resetsInS }
}

/** A time to wait as most providers write it: 3h5m10s. */
export function spanOf(seconds: number): string {
  const parts = [
    [Math.floor(seconds / 3600), 'h'],
    [Math.floor((seconds % 3600) / 60), 'm'],
    [Math.floor(seconds % 60), 's'],
  ] as const
  return parts
    .filter(([amount], at) => amount > 0 || (at === 2 && seconds < 1))
    .map(([amount, unit]) => `${amount}${unit}`)
    .join('')
}

/** The message, and behind it when to try again. */
export function withReset({ message, resetsInS }: AgentFailure): string {
  return resetsInS === undefined ? message : `${message}. Please try again in ${spanOf(resetsInS)}.`
}
