import { isJsonObject, type JsonObject } from '../wire/read-lines.ts'

/**
 * Everything at a path of a message. Keys are separated by dots, `[]` goes into each entry of a list, `*` into each
 * value of a map: `item.changes[].path`, `modelUsage.*.costUSD`. What is not there is nothing, whatever is there
 * instead: a message of a newer tool never throws.
 */
export function select(message: unknown, path: string): unknown[] {
  const { parts, isPlain } = routeOf(path)
  if (isPlain) {
    const value = walk(message, parts)
    return value === undefined ? [] : [value]
  }
  let found: unknown[] = [message]
  for (const part of parts) {
    found = found.flatMap((value) => children(value, part)).filter((value) => value !== undefined)
  }
  return found
}

/** The text at a path; several are joined. */
export function selectText(message: unknown, path: string): string | undefined {
  const texts = select(message, path).filter((value) => typeof value === 'string')
  return texts.length === 0 ? undefined : texts.join('')
}

/** The texts at a path. */
export function selectTexts(message: unknown, path: string): string[] {
  return select(message, path).filter((value) => typeof value === 'string')
}

/** The number at a path; several are added up. */
export function selectNumber(message: unknown, path: string): number | undefined {
  const numbers = select(message, path).filter((value) => typeof value === 'number')
  return numbers.length === 0 ? undefined : numbers.reduce((sum, value) => sum + value, 0)
}

/** The object at a path. */
export function selectObject(message: unknown, path: string): JsonObject | undefined {
  return select(message, path).find(isJsonObject)
}

interface Route {
  readonly parts: readonly string[]
  /** It goes into no list and no map: there is one value at most. */
  readonly isPlain: boolean
}

const known = new Map<string, Route>()

/** Paths are written in specs, of which there are few: each is cut once. */
function routeOf(path: string): Route {
  let route = known.get(path)
  if (route === undefined) {
    const parts = path.replaceAll('[]', '.[]').split('.')
    const named = parts.filter((part) => part !== '')
    route = { parts: named, isPlain: !named.some((part) => part === '[]' || part === '*') }
    known.set(path, route)
  }
  return route
}

function walk(message: unknown, parts: readonly string[]): unknown {
  let value = message
  for (const part of parts) {
    if (!isJsonObject(value) || !Object.hasOwn(value, part)) return undefined
    value = value[part]
  }
  return value
}

function children(value: unknown, part: string): unknown[] {
  if (part === '[]') return Array.isArray(value) ? value : []
  if (!isJsonObject(value)) return []
  if (part === '*') return Object.values(value)
  return Object.hasOwn(value, part) ? [value[part]] : []
}
