import type { Failure } from '@ws/core'
import { classifyError, failureOf } from '../../failure/classify.ts'
import type { ErrorFacts, FailureRule } from '../../failure/failure-rule.ts'
import { selectText, selectTexts } from '../../message/select.ts'

/** `session/new` and its like answer so where nobody is signed in. */
const acpFailures: readonly FailureRule[] = [{ code: ['-32000'], reason: 'auth' }]

/** What a rejected request says: its message, and what the agent added to it. */
export function factsOf(error: unknown): ErrorFacts {
  if (typeof error !== 'object' || error === null) return { message: String(error) }
  const message = 'message' in error ? String(error.message) : 'an error without a message'
  const data = 'data' in error ? error.data : undefined
  const more =
    typeof data === 'string' ? [data] : [...selectTexts(data, 'details'), ...selectTexts(data, 'message')]
  const number = 'code' in error && typeof error.code === 'number' ? error.code : undefined
  const code = selectText(data, 'errorName') ?? (number === undefined ? undefined : String(number))
  // Codes of JSON-RPC are negative: one agent passes on the status of its service there.
  const status = number !== undefined && number >= 400 && number < 600 ? { status: number } : {}
  return { message: [message, ...more.filter((text) => !message.includes(text))].join(': '), code, ...status }
}

/** The failure that a rejected request is. */
export function failureOfError(error: unknown, rules: readonly FailureRule[]): Failure {
  const facts = factsOf(error)
  return classifyError(facts, { rules: [...rules, ...acpFailures] }) ?? failureOf('protocol', facts)
}
