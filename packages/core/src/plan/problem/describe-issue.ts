import type * as z from 'zod'
import { nearestName } from '../../words/nearest-name.ts'
import { type JsonSchema, jsonSchemaOf } from '../json-schema.ts'
import type { DocumentPath, Finding } from './plan-problem.ts'

type Issue = z.core.$ZodIssue

/**
 * What a schema found, in the words of a plan's writer. Schemas say what they expect in messages that begin with
 * "expected"; what zod says by itself is put into the same form.
 */
export function* describeIssues(
  schema: z.ZodType,
  issues: readonly Issue[],
  value: unknown,
): Generator<Finding, void, undefined> {
  const root = jsonSchemaOf(schema)
  for (const issue of issues) yield* describe(root, issue, issue.path.map(partOf), value)
}

function* describe(
  root: JsonSchema,
  issue: Issue,
  at: DocumentPath,
  value: unknown,
): Generator<Finding, void, undefined> {
  if (issue.code === 'unrecognized_keys') {
    for (const key of issue.keys) yield unknownKey(root, at, key)
    return
  }
  const found = valueAt(value, at)
  if (issue.code === 'invalid_union') {
    const branch = fittingBranch(issue.errors)
    if (branch !== undefined && branch.length > 0) {
      for (const inner of branch) yield* describe(root, inner, [...at, ...inner.path.map(partOf)], value)
      return
    }
  }
  const isKey = issue.code === 'invalid_key'
  if (found === undefined && !isKey) {
    yield missing(root, at)
    return
  }
  const shown = isKey ? quote(String(at.at(-1))) : show(found)
  // A list that is more than its texts says itself what it expects.
  const isPlainList = issue.code === 'invalid_type' && issue.expected === 'array' && !says(issue)
  const isListOfOne = isPlainList && typeof found === 'string'
  yield {
    code: 'WS_PLAN_VALUE',
    severity: 'error',
    message: `${expectation(issue)}, found ${shown}`,
    ...(isListOfOne ? { hint: `write [${shown}]` } : {}),
    at,
    isKey,
  }
}

function unknownKey(root: JsonSchema, at: DocumentPath, key: string): Finding {
  const containers = schemasAt(root, at).filter((schema) => isRecord(schema['properties']))
  const known = containers.flatMap((schema) => Object.keys(asRecord(schema['properties'])))
  const nearest = nearestName(key, known)
  const title = containers.map((schema) => schema['title']).find((text) => typeof text === 'string')
  return {
    code: 'WS_PLAN_UNKNOWN_KEY',
    severity: 'error',
    message: `${quote(key)} is not a setting of ${title === undefined ? 'this' : `the ${title}`}`,
    hint: nearest === undefined ? `expected one of ${list(known)}` : `did you mean ${quote(nearest)}?`,
    at: [...at, key],
    isKey: true,
  }
}

function missing(root: JsonSchema, at: DocumentPath): Finding {
  const description = schemasAt(root, at)
    .map((schema) => schema['description'])
    .find((text) => typeof text === 'string')
  return {
    code: 'WS_PLAN_MISSING',
    severity: 'error',
    message: `${quote(String(at.at(-1) ?? 'the plan'))} is missing`,
    ...(typeof description === 'string' ? { hint: `add it: ${lowerFirst(description)}` } : {}),
    at,
  }
}

/** The branch of a union that the value was meant for: one that it enters before it fails. */
function fittingBranch(branches: readonly (readonly Issue[])[]): readonly Issue[] | undefined {
  const entered = branches.filter((issues) =>
    issues.every(({ code, path }) => path.length > 0 || code === 'unrecognized_keys'),
  )
  if (entered.length < 2) return entered[0]
  // Of several maps, such as { parallel } and { sequential }, the one whose keys are all known.
  return entered.find((issues) => issues.every(({ path }) => path.length > 1))
}

function expectation(issue: Issue): string {
  if (says(issue)) return issue.message
  switch (issue.code) {
    case 'invalid_type':
      return `expected ${typeWords[issue.expected] ?? issue.expected}`
    case 'invalid_value':
      return `expected ${list(issue.values.map(String), 'or')}`
    case 'too_small':
      return `expected ${issue.inclusive === false ? 'more than' : 'at least'} ${issue.minimum}${issue.origin === 'array' ? ' entries' : ''}`
    case 'too_big':
      return `expected at most ${issue.maximum}${issue.origin === 'array' ? ' entries' : ''}`
    case 'invalid_key':
    case 'invalid_element':
      return expectation(issue.issues[0]!)
    default:
      return `expected something else (${issue.message})`
  }
}

/** The schema has words of its own for what it expects. */
function says({ message }: Issue): boolean {
  return message.startsWith('expected ')
}

const typeWords: Readonly<Record<string, string>> = {
  array: 'a list',
  boolean: 'true or false',
  int: 'a whole number',
  number: 'a number',
  object: 'a map of settings',
  record: 'a map of names',
  string: 'a text',
}

function show(value: unknown): string {
  if (value === null) return 'nothing'
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : 'a list'
  if (typeof value === 'object') return 'a map'
  if (typeof value === 'string') return quote(value)
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : typeof value
}

export function quote(text: string): string {
  const shown = text.length > 60 ? `${text.slice(0, 60)}…` : text
  return `"${shown.replace(/\p{Cc}+/gu, ' ')}"`
}

/** `a, b and c`, the first few of them. */
export function list(names: readonly string[], word: 'and' | 'or' = 'or', most = 30): string {
  const shown = names.slice(0, most)
  if (names.length > most) return `${shown.join(', ')}, …`
  return shown.length < 2 ? shown.join('') : `${shown.slice(0, -1).join(', ')} ${word} ${shown.at(-1)}`
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1).replace(/\.$/, '')
}

/** All the schemas that the place in the document may be described by. */
function schemasAt(root: JsonSchema, path: DocumentPath): JsonSchema[] {
  let schemas = alternatives(root)
  for (const part of path) {
    schemas = schemas
      .flatMap((schema) => [
        typeof part === 'number' ? schema['items'] : asRecord(schema['properties'])[part],
        typeof part === 'string' && asRecord(schema['properties'])[part] === undefined
          ? schema['additionalProperties']
          : undefined,
      ])
      .filter(isRecord)
      .flatMap(alternatives)
  }
  return schemas
}

function alternatives(schema: JsonSchema): JsonSchema[] {
  const inner = [schema['anyOf'], schema['oneOf'], schema['allOf']].flatMap((branches) =>
    Array.isArray(branches) ? branches : [],
  )
  return [schema, ...inner.filter(isRecord).flatMap(alternatives)]
}

function valueAt(value: unknown, path: DocumentPath): unknown {
  let at = value
  for (const part of path) {
    if (typeof at !== 'object' || at === null) return undefined
    at = Array.isArray(at) ? at[Number(part)] : asRecord(at)[part]
  }
  return at
}

function partOf(part: PropertyKey): string | number {
  return typeof part === 'number' ? part : String(part)
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function asRecord(value: unknown): Readonly<Record<string, unknown>> {
  return isRecord(value) ? value : {}
}
