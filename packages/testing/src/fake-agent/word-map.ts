type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json }

/** Ids that each side makes up for itself; they may be others than those of a recording. */
const idKeys = new Set(['id', 'request_id', 'session_id', 'uuid'])
const sentinel = /\/ws_end_\w+/g
const placeholder = /<[a-z]+(?:-[a-z0-9]+)*>/

/** Compares what was said with what was recorded, and keeps which id now stands for which. */
export class WordMap {
  readonly #texts = new Map<string, string>()
  readonly #ids = new Map<string | number, string | number>()

  /** Whether `said` is what was recorded, modulo ids and placeholders. */
  learn(recorded: string, said: string): boolean {
    const [a, b] = [parse(recorded), parse(said)]
    if (a !== undefined && b !== undefined) return isSameAnswer(a, b) && this.#isSame(a, b)
    return this.#isSameText(recorded, said)
  }

  /** What is to be said instead of the recorded text; the same text where all ids are the recorded ones. */
  translate(recorded: string): string {
    let text = recorded
    for (const [from, to] of this.#texts) text = text.replaceAll(from, to)
    if (this.#ids.size === 0) return text
    const message = parse(text)
    // A request of its own has an id of its own.
    if (message === undefined || 'method' in message) return text
    return `${JSON.stringify(this.#withIds(message))}\n`
  }

  #isSame(a: Json, b: Json, key?: string): boolean {
    if (
      key !== undefined &&
      idKeys.has(key) &&
      isId(a) &&
      isId(b) &&
      !(typeof a === 'string' && placeholder.test(a))
    ) {
      if (a !== b) this.#ids.set(a, b)
      return true
    }
    if (typeof a === 'string' && typeof b === 'string') return this.#isSameText(a, b)
    if (Array.isArray(a) && Array.isArray(b))
      return a.length === b.length && a.every((item: Json, at) => this.#isSame(item, b[at] ?? null))
    if (!isObject(a) || !isObject(b)) return a === b
    const keys = Object.keys(a)
    if (keys.length !== Object.keys(b).length) return false
    return keys.every((name) => name in b && this.#isSame(a[name] ?? null, b[name] ?? null, name))
  }

  #isSameText(a: string, b: string): boolean {
    const pattern = a
      .split(/(<[a-z]+(?:-[a-z0-9]+)*>|\/ws_end_\w+)/)
      .map((part, at) => (at % 2 === 0 ? escape(part) : part.startsWith('<') ? '.*' : '/ws_end_\\w+'))
    if (!new RegExp(`^${pattern.join('')}$`, 's').test(b)) return false
    const said = b.match(sentinel) ?? []
    for (const [at, mark] of (a.match(sentinel) ?? []).entries()) {
      const other = said[at]
      if (other !== undefined && other !== mark) this.#texts.set(mark, other)
    }
    return true
  }

  #withIds(value: Json, key?: string): Json {
    if (key !== undefined && idKeys.has(key) && isId(value)) return this.#ids.get(value) ?? value
    if (Array.isArray(value)) return value.map((item: Json) => this.#withIds(item))
    if (!isObject(value)) return value
    return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, this.#withIds(item, name)]))
  }
}

function parse(text: string): { readonly [key: string]: Json } | undefined {
  try {
    const value: Json = JSON.parse(text)
    return isObject(value) ? value : undefined
  } catch {
    return undefined
  }
}

/** What answers a request bears the id that the request had. */
function isSameAnswer(a: { readonly [key: string]: Json }, b: { readonly [key: string]: Json }): boolean {
  return !('result' in a || 'error' in a) || a['id'] === b['id']
}

function isId(value: Json): value is string | number {
  return typeof value === 'string' || typeof value === 'number'
}

function isObject(value: Json): value is { readonly [key: string]: Json } {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function escape(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')
}
