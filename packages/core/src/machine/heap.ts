/** Where a heap keeps the place of each item. */
export interface Places<T> {
  get(item: T): number | undefined
  set(item: T, at: number): unknown
  delete(item: T): unknown
}

/** What a long heap is given beside the order. */
export interface HeapOptions<T> {
  /** Items that are in no other heap may keep their place themselves, which is quicker than looking it up. */
  readonly places?: Places<T>
  /**
   * A number that is never greater for what comes first, read when an item is put. It decides most comparisons without
   * a look at the items, which in a long heap lie far apart.
   */
  readonly rank?: (item: T) => number
}

/** Up to this many items are looked through, since most heaps hold one or two and an index costs more than they do. */
const unindexed = 16

/**
 * An indexed binary heap: the least item first, by a total order that the caller gives. An item may be moved
 * after its rank changed, or taken out from the middle, in O(log n).
 */
export class Heap<T> {
  #items: T[] = []
  /** The rank of each item, where there are ranks. */
  readonly #ranks: number[] = []
  #index: Places<T> | undefined
  readonly #compare: (a: T, b: T) => number
  readonly #rank: ((item: T) => number) | undefined

  constructor(compare: (a: T, b: T) => number, { places, rank }: HeapOptions<T> = {}) {
    this.#compare = compare
    this.#index = places
    this.#rank = rank
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
    const rank = this.#rank?.(item) ?? 0
    if (at !== undefined) return this.#settle(item, rank, at)
    const { length } = this.#items
    if (length === unindexed) this.#index ??= new Map(this.#items.map((each, i) => [each, i]))
    // A first `push` would make room for seventeen.
    if (length === 0) this.#items = [item]
    else this.#items.push(item)
    this.#rise(item, rank, length)
  }

  /** Puts everything in order again after ranks changed. */
  reorder(): void {
    if (this.#rank !== undefined)
      for (const [at, item] of this.#items.entries()) this.#ranks[at] = this.#rank(item)
    for (let at = (this.#items.length >> 1) - 1; at >= 0; at--)
      this.#sink(this.#items[at]!, this.#rankAt(at), at)
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
    const rank = this.#rank === undefined ? 0 : this.#ranks.pop()!
    if (last !== item) this.#fill(last, rank, at)
    return true
  }

  /**
   * Puts the last item where one was taken out. It belongs near the bottom, so the hole goes down all the way
   * first, at one comparison a level instead of two, and the item rises from there.
   */
  #fill(item: T, rank: number, from: number): void {
    const end = this.#items.length
    let hole = from
    for (let child = 2 * hole + 1; child < end; child = 2 * hole + 1) {
      if (child + 1 < end && this.#isLess(child + 1, child)) child++
      this.#place(this.#items[child]!, this.#rankAt(child), hole)
      hole = child
    }
    this.#rise(item, rank, hole)
  }

  #find(item: T): number | undefined {
    if (this.#index !== undefined) return this.#index.get(item)
    const at = this.#items.indexOf(item)
    return at === -1 ? undefined : at
  }

  #settle(item: T, rank: number, at: number): void {
    if (this.#rise(item, rank, at) === at) this.#sink(item, rank, at)
  }

  #rise(item: T, rank: number, from: number): number {
    let at = from
    while (at > 0) {
      const parent = (at - 1) >> 1
      const above = this.#rankAt(parent)
      if (above < rank || (above === rank && this.#compare(this.#items[parent]!, item) <= 0)) break
      this.#place(this.#items[parent]!, above, at)
      at = parent
    }
    this.#place(item, rank, at)
    return at
  }

  #sink(item: T, rank: number, from: number): void {
    const { length } = this.#items
    let at = from
    for (;;) {
      let child = 2 * at + 1
      if (child >= length) break
      if (child + 1 < length && this.#isLess(child + 1, child)) child++
      const below = this.#rankAt(child)
      if (rank < below || (rank === below && this.#compare(item, this.#items[child]!) <= 0)) break
      this.#place(this.#items[child]!, below, at)
      at = child
    }
    this.#place(item, rank, at)
  }

  #isLess(a: number, b: number): boolean {
    const [rankA, rankB] = [this.#rankAt(a), this.#rankAt(b)]
    return rankA < rankB || (rankA === rankB && this.#compare(this.#items[a]!, this.#items[b]!) < 0)
  }

  #rankAt(at: number): number {
    return this.#rank === undefined ? 0 : this.#ranks[at]!
  }

  #place(item: T, rank: number, at: number): void {
    this.#items[at] = item
    if (this.#rank !== undefined) this.#ranks[at] = rank
    this.#index?.set(item, at)
  }
}
