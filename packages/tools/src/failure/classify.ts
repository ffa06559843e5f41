import type { Failure } from '@ws/core'
import { commonFailureRules } from './common-rules.ts'
import type { ErrorFacts, FailureReason, FailureRule } from './failure-rule.ts'
import { resetTime } from './reset-time.ts'

/** What an error is judged by. */
export interface ClassifyOptions {
  /** The tool's own rules; they go before the common ones. */
  readonly rules?: readonly FailureRule[] | undefined
  /** The present, for messages that say how long to wait. */
  readonly now?: number | undefined
  readonly spending?: Spending | undefined
}

/** What was used, and what might be. */
export interface Spending {
  readonly spentUsd: number
  readonly reservedUsd: number
}

/** Messages are kept as far as a person reads them. */
const maxDetail = 500

/** As much of a message is looked at; expressions over more take time that a tool could waste. */
const maxLooked = 4_000

/** Status codes inside of messages, where a word says that they are some: `API Error: 529`, `status=429`. */
const statusInside = /(?:error|http(?:\/[\d.]+)?|status(?:[ _]?code)?|code)\W{0,4}([45]\d\d)\b/i

/** The failure that an error is, `undefined` where no rule fits. */
export function classifyError(said: ErrorFacts, options: ClassifyOptions = {}): Failure | undefined {
  const message = said.message?.slice(0, maxLooked)
  const inside = statusInside.exec(message ?? '')?.[1]
  const facts = {
    ...said,
    message,
    status: said.status ?? (inside === undefined ? undefined : Number(inside)),
  }
  const rule = [...(options.rules ?? []), ...commonFailureRules].find((each) => fits(each, facts))
  return rule === undefined ? undefined : failureOf(rule.reason, facts, options)
}

/** A failure with what the error said about it. */
export function failureOf(
  reason: FailureReason,
  facts: ErrorFacts,
  { now, spending = { spentUsd: 0, reservedUsd: 0 } }: ClassifyOptions = {},
): Failure {
  const detail = shorten(facts.message ?? facts.code ?? statusText(facts))
  switch (reason) {
    case 'rate-limited':
    case 'quota-exhausted': {
      const resetAt = resetTime(facts.message ?? '', now)
      return resetAt === undefined ? { reason } : { reason, resetAt }
    }
    case 'over-reservation':
      return { reason, ...spending }
    case 'auth':
    case 'crashed':
    case 'infrastructure':
    case 'overloaded':
    case 'context-exceeded':
    case 'refused':
    case 'protocol':
      return { reason, detail }
  }
}

/** One line of what was said, short enough to be shown. */
export function shorten(text: string, length: number = maxDetail): string {
  const line = text.trim().replace(/\s+/g, ' ')
  return line.length > length ? `${line.slice(0, length - 1)}…` : line
}

function fits({ status, code, exitCode, pattern }: FailureRule, facts: ErrorFacts): boolean {
  return (
    (status === undefined || (facts.status !== undefined && status.includes(facts.status))) &&
    (code === undefined || (facts.code !== undefined && code.includes(facts.code))) &&
    (exitCode === undefined || (facts.exitCode !== undefined && exitCode.includes(facts.exitCode))) &&
    (pattern === undefined || (facts.message !== undefined && patternOf(pattern).test(facts.message)))
  )
}

function statusText({ status, exitCode }: ErrorFacts): string {
  if (status !== undefined) return `the service answered ${status}`
  return exitCode === undefined ? 'no more was said' : `exit code ${exitCode}`
}

const known = new Map<string, RegExp>()

function patternOf(pattern: string): RegExp {
  let compiled = known.get(pattern)
  if (compiled === undefined) {
    compiled = new RegExp(pattern, 'i')
    known.set(pattern, compiled)
  }
  return compiled
}
