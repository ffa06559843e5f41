import { Heap } from '../machine/heap.ts'

interface Entry {
  readonly key: string
  at: number
}

/** When to look again: wishes by key; setting a key again moves it. */
export class TimerQueue {
  readonly #entries = new Map<string, Entry>()
  readonly #heap = new Heap<Entry>((a, b) => a.at - b.at || (a.key < b.key ? -1 : 1))

  set(key: string, at: number): void {
    const entry = this.#entries.get(key) ?? { key, at }
    entry.at = at
    this.#entries.set(key, entry)
    this.#heap.put(entry)
  }

  clear(key: string): void {
    const entry = this.#entries.get(key)
    if (entry === undefined) return
    this.#entries.delete(key)
    this.#heap.delete(entry)
  }

  entries(): readonly (readonly [string, number])[] {
    return [...this.#entries.values()].map(({ key, at }) => [key, at] as const)
  }

  /** The earliest wish. */
  next(): { readonly key: string; readonly at: number } | undefined {
    return this.#heap.peek()
  }
}
