/** Where a heap keeps the place of each item. */
export interface Places<T> {
  get(item: T): number | undefined
  set(item: T, at: number): unknown
  delete(item: T): unknown
}

/** Up to this many items are looked through, since most heaps hold one or two and an index costs more than they do. */
const unindexed = 16

/**
 * An indexed binary heap: the least item first, by a total order that the caller gives. An item may be moved
 * after its rank changed, or taken out from the middle, in O(log n).
 */
export class Heap<T> {
  readonly #items: T[] = []
  #index: Places<T> | undefined
  readonly #compare: (a: T, b: T) => number

  /** Items that are in no other heap may keep their place themselves, which is quicker than looking it up. */
  constructor(compare: (a: T, b: T) => number, places?: Places<T>) {
    this.#compare = compare
    this.#index = places
  }

  get size(): number {
    return this.#items.length
  }

  has(item: T): boolean {
    return this.#find(item) !== undefined
  }

  peek(): T | undefined {
    return this.#items[0]
  }

  /** Every item, in no particular order. */
  values(): Iterable<T> {
    return this.#items
  }

  /** Adds the item, or moves it to where it belongs now. */
  put(item: T): void {
    const at = this.#find(item)
    if (at !== undefined) return this.#settle(item, at)
    if (this.#items.length === unindexed) this.#index ??= new Map(this.#items.map((each, i) => [each, i]))
    this.#items.push(item)
    this.#rise(item, this.#items.length - 1)
  }

  /** Puts everything in order again after ranks changed. */
  reorder(): void {
    for (let at = (this.#items.length >> 1) - 1; at >= 0; at--) this.#sink(this.#items[at]!, at)
  }

  take(): T | undefined {
    const top = this.#items[0]
    if (top !== undefined) this.delete(top)
    return top
  }

  delete(item: T): boolean {
    const at = this.#find(item)
    if (at === undefined) return false
    this.#index?.delete(item)
    const last = this.#items.pop()!
    if (last !== item) this.#fill(last, at)
    return true
  }

  /**
   * Puts the last item where one was taken out. It belongs near the bottom, so the hole goes down all the way
   * first, at one comparison a level instead of two, and the item rises from there.
   */
  #fill(item: T, from: number): void {
    const items = this.#items
    const end = items.length
    let hole = from
    for (let child = 2 * hole + 1; child < end; child = 2 * hole + 1) {
      if (child + 1 < end && this.#compare(items[child + 1]!, items[child]!) < 0) child++
      this.#place(items[child]!, hole)
      hole = child
    }
    this.#rise(item, hole)
  }

  #find(item: T): number | undefined {
    if (this.#index !== undefined) return this.#index.get(item)
    const at = this.#items.indexOf(item)
    return at === -1 ? undefined : at
  }

  #settle(item: T, at: number): void {
    if (this.#rise(item, at) === at) this.#sink(item, at)
  }

  #rise(item: T, from: number): number {
    const items = this.#items
    let at = from
    while (at > 0) {
      const parent = (at - 1) >> 1
      if (this.#compare(items[parent]!, item) <= 0) break
      this.#place(items[parent]!, at)
      at = parent
    }
    this.#place(item, at)
    return at
  }

  #sink(item: T, from: number): void {
    const items = this.#items
    let at = from
    for (;;) {
      let child = 2 * at + 1
      if (child >= items.length) break
      if (child + 1 < items.length && this.#compare(items[child + 1]!, items[child]!) < 0) child++
      if (this.#compare(item, items[child]!) <= 0) break
      this.#place(items[child]!, at)
      at = child
    }
    this.#place(item, at)
  }

  #place(item: T, at: number): void {
    this.#items[at] = item
    this.#index?.set(item, at)
  }
}
