import type { ErrorFacts } from '../failure/failure-rule.ts'
import type { UsageReading } from '../usage/usage-meter.ts'
import type { JsonObject } from '../wire/read-lines.ts'
import type { Condition, MessageRule } from './message-rule.ts'
import { select, selectNumber, selectText, selectTexts } from './select.ts'

/** Something that a message says of a turn. */
export type Saying =
  | { readonly says: 'session'; readonly id: string }
  | { readonly says: 'model'; readonly model: string }
  | { readonly says: 'text'; readonly text: string; readonly part: 'piece' | 'delta' | 'answer' }
  | {
      readonly says: 'tool'
      readonly id?: string | undefined
      readonly name?: string | undefined
      readonly status: 'started' | 'done' | 'failed'
      readonly kind?: ToolKind | undefined
      readonly paths: readonly string[]
      readonly detail?: string | undefined
    }
  | { readonly says: 'usage'; readonly reading: UsageReading }
  | { readonly says: 'retrying'; readonly attempt: number; readonly detail: string }
  | {
      readonly says: 'denied'
      readonly id?: string | undefined
      readonly name?: string | undefined
      readonly paths: readonly string[]
      readonly command?: string | undefined
    }
  | { readonly says: 'error'; readonly error: ErrorFacts }
  | { readonly says: 'end'; readonly outcome: 'completed' | 'failed' | 'interrupted' }

/** What a tool of the agent does. */
export type ToolKind = 'write' | 'command' | 'other'

/** What a message says, by rules. Pure; unknown messages say nothing. */
export function* applyRules(
  rules: readonly MessageRule[],
  message: JsonObject,
): Generator<Saying, void, undefined> {
  for (const rule of rules) {
    if (!holds(rule.when, message)) continue
    for (const subject of rule.each === undefined ? [message] : select(message, rule.each)) {
      if (holds(rule.where, subject)) yield* sayings(rule, subject)
    }
  }
}

function* sayings(rule: MessageRule, subject: unknown): Generator<Saying, void, undefined> {
  const text = (path: string | undefined) => (path === undefined ? undefined : selectText(subject, path))
  const session = text(rule.session)
  if (session !== undefined && session !== '') yield { says: 'session', id: session }
  const model = text(rule.model)
  if (model !== undefined) yield { says: 'model', model }
  const pieces = [
    ['piece', text(rule.text)],
    ['delta', text(rule.delta)],
    ['answer', text(rule.answer)],
  ] as const
  for (const [part, piece] of pieces) if (piece !== undefined) yield { says: 'text', text: piece, part }
  if (rule.tool !== undefined) {
    const { id, name, called, status, kind, paths = [], detail } = rule.tool
    yield {
      says: 'tool',
      id: text(id),
      name: text(name) ?? called,
      status,
      kind,
      paths: paths.flatMap((path) => selectTexts(subject, path)),
      detail: text(detail),
    }
  }
  if (rule.usage !== undefined) yield* usageOf(rule.usage, subject)
  if (rule.retrying !== undefined) {
    const detail = rule.retrying.detail.flatMap((path) => select(subject, path)).join(' ')
    yield { says: 'retrying', attempt: selectNumber(subject, rule.retrying.attempt) ?? 1, detail }
  }
  if (rule.denied !== undefined) {
    const { id, name, paths = [], command } = rule.denied
    const denied = paths.flatMap((path) => selectTexts(subject, path))
    yield { says: 'denied', id: text(id), name: text(name), paths: denied, command: text(command) }
  }
  if (rule.error !== undefined) {
    const { message, status, code, says } = rule.error
    const number = status === undefined ? undefined : selectNumber(subject, status)
    yield { says: 'error', error: { message: text(message) ?? says, status: number, code: text(code) } }
  }
  if (rule.end !== undefined) yield { says: 'end', outcome: rule.end }
}

function* usageOf(
  { scope, id, input, output, cached, costUsd, guessed }: NonNullable<MessageRule['usage']>,
  subject: unknown,
): Generator<Saying, void, undefined> {
  const reading = {
    scope,
    ...given('id', id === undefined ? undefined : selectText(subject, id)),
    ...given('inputTokens', sum(subject, input)),
    ...given('outputTokens', sum(subject, output)),
    ...given('cachedTokens', sum(subject, cached)),
    ...given('costUsd', costUsd === undefined ? undefined : selectNumber(subject, costUsd)),
    ...(guessed !== undefined && select(subject, guessed.at).includes(guessed.value)
      ? { isGuess: true }
      : {}),
  }
  const isEmpty = [reading.inputTokens, reading.outputTokens, reading.costUsd].every(
    (value) => value === undefined,
  )
  if (!isEmpty) yield { says: 'usage', reading }
}

function given<K extends string, V>(key: K, value: V | undefined): { [key in K]?: V } {
  const part: { [key in K]?: V } = {}
  if (value !== undefined) part[key] = value
  return part
}

function sum(subject: unknown, paths: readonly string[] | undefined): number | undefined {
  const numbers = (paths ?? [])
    .map((path) => selectNumber(subject, path))
    .filter((value) => value !== undefined)
  return numbers.length === 0 ? undefined : numbers.reduce((total, value) => total + value, 0)
}

function holds(conditions: Readonly<Record<string, Condition>> | undefined, subject: unknown): boolean {
  return Object.entries(conditions ?? {}).every(([path, condition]) => fits(select(subject, path), condition))
}

function fits(found: readonly unknown[], condition: Condition): boolean {
  if (Array.isArray(condition)) return condition.some((value) => found.includes(value))
  if (typeof condition !== 'object' || condition === null) return found.includes(condition)
  if ('exists' in condition) return found.some((value) => value !== null) === condition.exists
  if ('not' in condition) return !found.includes(condition.not)
  const pattern = new RegExp(condition.matches, 'i')
  return found.some((value) => typeof value === 'string' && pattern.test(value))
}
