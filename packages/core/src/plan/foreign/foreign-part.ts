import type { DocumentPath } from '../problem/plan-problem.ts'

/** From a place in the compiled plan (as JSON) to the place in the document that it was read from. */
export type Origins = Map<string, DocumentPath>

/**
 * A map of a foreign plan, read key by key. Values are handed on as they are: what is wrong with them the canonical
 * schema says, and `Origins` tells where. What nobody asks for is left over, and kept.
 */
export class ForeignPart {
  readonly #value: Readonly<Record<string, unknown>>
  readonly #left: Set<string>
  readonly #from: DocumentPath
  readonly #at: DocumentPath
  readonly #origins: Origins

  constructor(value: unknown, from: DocumentPath, at: DocumentPath, origins: Origins) {
    this.#value = asMap(value)
    this.#left = new Set(Object.keys(this.#value))
    this.#from = from
    this.#at = at
    this.#origins = origins
    // A nested part that only adds to a place does not take it over.
    if (!origins.has(JSON.stringify(at))) origins.set(JSON.stringify(at), from)
  }

  /** The value of the first of these keys that has one, which becomes `to` in the plan. `null` counts as nothing. */
  take(to: string | DocumentPath, ...names: readonly string[]): unknown {
    for (const name of names) this.#left.delete(name)
    const key = names.find((name) => this.#value[name] !== undefined && this.#value[name] !== null)
    if (key === undefined) return undefined
    const path = typeof to === 'string' ? [to] : to
    this.#origins.set(JSON.stringify([...this.#at, ...path]), [...this.#from, key])
    return this.#value[key]
  }

  /** Takes these keys under their own names. */
  takeAll(names: Iterable<string>): Record<string, unknown> {
    return present(Object.fromEntries([...names].map((name) => [name, this.take(name, name)])))
  }

  /** The part below a key, which fills a place of the plan. */
  part(key: string, at: DocumentPath = this.#at): ForeignPart {
    this.#left.delete(key)
    return new ForeignPart(this.#value[key], [...this.#from, key], at, this.#origins)
  }

  /** What was not taken, `metadata` merged in. */
  rest(more: Readonly<Record<string, unknown>> = {}): Record<string, unknown> | undefined {
    const own = asMap(this.take('metadata', 'metadata'))
    const left = Object.fromEntries([...this.#left].map((key) => [key, this.#value[key]]))
    const all = { ...own, ...left, ...present(more) }
    return Object.keys(all).length === 0 ? undefined : all
  }
}

/** Without the keys that have no value. */
export function present(value: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(value).filter(([, entry]) => entry !== undefined))
}

export function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

export function asMap(value: unknown): Readonly<Record<string, unknown>> {
  return isMap(value) ? value : {}
}

/** A list as it is, a single value as a list of one. */
export function asList(value: unknown): unknown[] | undefined {
  if (value === undefined) return undefined
  return Array.isArray(value) ? value : [value]
}
