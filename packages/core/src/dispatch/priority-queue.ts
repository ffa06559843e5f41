import { WsError } from '../errors/ws-error.ts'
import { Heap } from '../machine/heap.ts'

interface Entry<T, P> {
  readonly item: T
  readonly arrival: number
  priority: P
}

/** How a queue compares priorities. */
export interface PriorityQueueOptions<P> {
  /** Negative where `a` leaves before `b`. A total order; equals are told apart by arrival. @default by `<` */
  readonly compare?: (a: P, b: P) => number
}

/**
 * A queue that gives the lowest priority first, and equals in the order in which they were put.
 *
 * The order is always (priority, arrival), where arrival is the moment of `put`: `reprioritize` changes the first
 * and keeps the second, so changing a priority and back changes nothing. An item is in the queue at most once;
 * items are told apart as by `Map`, so two equal strings are one item. `put`, `take`, `remove` and `reprioritize`
 * take O(log n) steps, `peek`, `has` and `size` O(1); iterating sorts a copy.
 *
 * @example
 * const queue = new PriorityQueue<string>()
 * queue.put('docs', 2)
 * queue.put('fix', 0)
 * queue.take() // 'fix'
 */
export class PriorityQueue<T extends NonNullable<unknown>, P extends number | string | object = number> {
  readonly #heap: Heap<Entry<T, P>>
  readonly #entries = new Map<T, Entry<T, P>>()
  readonly #compare: (a: Entry<T, P>, b: Entry<T, P>) => number
  readonly #listeners = new Set<() => void>()
  #arrivals = 0

  constructor({ compare = byValue }: PriorityQueueOptions<P> = {}) {
    this.#compare = (a, b) => compare(a.priority, b.priority) || a.arrival - b.arrival
    this.#heap = new Heap(this.#compare)
  }

  get size(): number {
    return this.#entries.size
  }

  has(item: T): boolean {
    return this.#entries.has(item)
  }

  /** The priority of a queued item, or `undefined`. */
  priorityOf(item: T): P | undefined {
    return this.#entries.get(item)?.priority
  }

  /**
   * Adds an item, behind all that have the same priority.
   * @throws `WS_QUEUE_DUPLICATE` if it is in the queue; `WS_OPTION_RANGE` if the priority is NaN.
   */
  put(item: T, priority: P): void {
    refuseNaN(priority)
    if (this.#entries.has(item)) {
      const name = typeof item === 'string' ? JSON.stringify(item) : 'the item'
      throw new WsError('WS_QUEUE_DUPLICATE', `${name} is in the queue already`, {
        hint: 'use reprioritize() to move it; wrap equal values in objects to queue them twice',
      })
    }
    const entry: Entry<T, P> = { item, priority, arrival: this.#arrivals++ }
    this.#entries.set(item, entry)
    this.#heap.put(entry)
    for (const listener of this.#listeners) listener()
  }

  /** Takes the first item out; `undefined` if the queue is empty. */
  take(): T | undefined {
    const entry = this.#heap.take()
    if (entry !== undefined) this.#entries.delete(entry.item)
    return entry?.item
  }

  /** The item that `take` would give. */
  peek(): T | undefined {
    return this.#heap.peek()?.item
  }

  /**
   * Moves a queued item to where the priority belongs, by its first arrival among equals; false if it is not here.
   * @throws `WS_OPTION_RANGE` if the priority is NaN.
   */
  reprioritize(item: T, priority: P): boolean {
    refuseNaN(priority)
    const entry = this.#entries.get(item)
    if (entry === undefined) return false
    entry.priority = priority
    this.#heap.put(entry)
    return true
  }

  /** Takes the item out, wherever it stands; false if it is not here. */
  remove(item: T): boolean {
    const entry = this.#entries.get(item)
    if (entry === undefined) return false
    this.#entries.delete(item)
    return this.#heap.delete(entry)
  }

  /** Calls the listener after each `put`, until the returned function is called. */
  onPut(listener: () => void): () => void {
    const own = (): void => listener()
    this.#listeners.add(own)
    return () => void this.#listeners.delete(own)
  }

  /** The items in the order in which they would be taken, as they stand when the iteration begins. */
  *[Symbol.iterator](): Generator<T, void, undefined> {
    const inOrder = [...this.#heap.values()].sort(this.#compare)
    for (const { item } of inOrder) yield item
  }
}

/** Not by subtraction, which makes NaN of two infinities and of strings. */
function byValue<P extends number | string | object>(a: P, b: P): number {
  return a < b ? -1 : a > b ? 1 : 0
}

function refuseNaN(priority: unknown): void {
  if (!Number.isNaN(priority)) return
  throw new WsError('WS_OPTION_RANGE', 'the priority is NaN, expected something that can be ordered', {
    details: { option: 'priority', given: 'NaN' },
  })
}
