import { type DocumentPath, nearestName } from '@ws/core'
import * as z from 'zod'
import { isJsonObject, type JsonObject } from '../wire/read-lines.ts'
import type { Finding } from './registry-document.ts'

type Issue = z.core.$ZodIssue

/** What a schema found, in the words of whoever wrote the file. */
export function* describeIssues(
  schema: z.ZodType,
  issues: readonly Issue[],
  value: unknown,
): Generator<Finding, void, undefined> {
  const root: JsonObject = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' })
  for (const issue of issues) yield* describe(root, issue, issue.path.map(partOf), value)
}

function* describe(
  root: JsonObject,
  issue: Issue,
  at: DocumentPath,
  value: unknown,
): Generator<Finding, void, undefined> {
  if (issue.code === 'unrecognized_keys') {
    for (const key of issue.keys) yield unknownKey(root, at, key)
    return
  }
  if (issue.code === 'invalid_union') {
    const branch = enteredBranch(issue.errors)
    if (branch !== undefined) {
      for (const inner of branch) yield* describe(root, inner, [...at, ...inner.path.map(partOf)], value)
      return
    }
  }
  const found = valueAt(value, at)
  if (found === undefined && issue.code !== 'invalid_key') {
    yield {
      code: 'WS_PLAN_MISSING',
      message: `"${String(at.at(-1) ?? 'the file')}" is missing`,
      hint: aboutIt(root, at),
      at,
    }
    return
  }
  yield {
    code: 'WS_PLAN_VALUE',
    message: `${expectation(issue)}, found ${show(found)}`,
    at,
    isKey: issue.code === 'invalid_key',
  }
}

/** The branch of a union that the value was meant for: one that it enters before it fails. */
function enteredBranch(branches: readonly (readonly Issue[])[]): readonly Issue[] | undefined {
  const entered = branches.filter((issues) =>
    issues.every(({ code, path }) => path.length > 0 || code === 'unrecognized_keys'),
  )
  const deepest = (issues: readonly Issue[]) => Math.max(...issues.map(({ path }) => path.length))
  return entered.length < 2 ? entered[0] : entered.toSorted((a, b) => deepest(b) - deepest(a))[0]
}

function unknownKey(root: JsonObject, at: DocumentPath, key: string): Finding {
  const known = schemasAt(root, at).flatMap((schema) => Object.keys(objectOf(schema['properties'])))
  const nearest = nearestName(key, known)
  return {
    code: 'WS_PLAN_UNKNOWN_KEY',
    message: `"${key}" is no setting here`,
    hint:
      nearest === undefined
        ? `expected one of ${[...new Set(known)].join(', ')}`
        : `did you mean "${nearest}"?`,
    at: [...at, key],
    isKey: true,
  }
}

function aboutIt(root: JsonObject, at: DocumentPath): string | undefined {
  const text = schemasAt(root, at)
    .map((schema) => schema['description'])
    .find((about) => typeof about === 'string')
  return typeof text === 'string'
    ? `add it: ${text.charAt(0).toLowerCase()}${text.slice(1).replace(/\.$/, '')}`
    : undefined
}

function expectation(issue: Issue): string {
  if (issue.message.startsWith('expected ')) return issue.message
  switch (issue.code) {
    case 'invalid_type':
      return `expected ${typeWords[issue.expected] ?? issue.expected}`
    case 'invalid_value':
      return `expected ${issue.values.map(String).join(' or ')}`
    case 'too_small':
      return `expected ${issue.inclusive === false ? 'more than' : 'at least'} ${issue.minimum}`
    case 'too_big':
      return `expected at most ${issue.maximum}`
    case 'invalid_key':
    case 'invalid_element':
      return expectation(issue.issues[0]!)
    default:
      return `expected something else (${issue.message})`
  }
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
  if (typeof value === 'string') return `"${value.length > 60 ? `${value.slice(0, 60)}…` : value}"`
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : typeof value
}

/** All the schemas that a place in the document may be described by. */
function schemasAt(root: JsonObject, path: DocumentPath): JsonObject[] {
  let schemas = alternatives(root)
  for (const part of path) {
    schemas = schemas
      .flatMap((schema) => {
        if (typeof part === 'number') return [schema['items']]
        return [objectOf(schema['properties'])[part] ?? schema['additionalProperties']]
      })
      .filter(isJsonObject)
      .flatMap((schema) => alternatives(schema))
  }
  return schemas
}

function alternatives(schema: JsonObject): JsonObject[] {
  const branches = [schema['anyOf'], schema['oneOf'], schema['allOf']].flatMap((list) =>
    Array.isArray(list) ? list : [],
  )
  return [schema, ...branches.filter(isJsonObject).flatMap((branch) => alternatives(branch))]
}

function valueAt(value: unknown, path: DocumentPath): unknown {
  let at = value
  for (const part of path) {
    if (Array.isArray(at)) at = at[Number(part)]
    else at = objectOf(at)[part]
  }
  return at
}

function objectOf(value: unknown): JsonObject {
  return isJsonObject(value) ? value : {}
}

function partOf(part: PropertyKey): string | number {
  return typeof part === 'number' ? part : String(part)
}
