import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { PriorityQueue } from '../../src/dispatch/priority-queue.ts'

describe('PriorityQueue', () => {
  it('gives the lowest priority first, and equals in the order of their putting', () => {
    const queue = new PriorityQueue<string>()
    queue.put('b1', 1)
    queue.put('a1', 0)
    queue.put('b2', 1)
    queue.put('first', -Infinity)
    queue.put('a2', 0)
    expect([...queue]).toEqual(['first', 'a1', 'a2', 'b1', 'b2'])
    expect(queue.size).toBe(5)
    expect(queue.peek()).toBe('first')
    expect(Array.from({ length: 6 }, () => queue.take())).toEqual([
      'first',
      'a1',
      'a2',
      'b1',
      'b2',
      undefined,
    ])
  })

  it('keeps the order of arrival when a priority changes and changes back', () => {
    const queue = new PriorityQueue<string>()
    for (const item of ['a', 'b', 'c']) queue.put(item, 1)
    queue.reprioritize('b', 0)
    expect([...queue]).toEqual(['b', 'a', 'c'])
    queue.reprioritize('b', 1)
    expect([...queue]).toEqual(['a', 'b', 'c'])
    expect(queue.priorityOf('b')).toBe(1)
  })

  it('orders by a comparator of its own', () => {
    const queue = new PriorityQueue<string, readonly [level: number, weight: number]>({
      compare: (a, b) => a[0] - b[0] || b[1] - a[1],
    })
    queue.put('light', [0, 1])
    queue.put('late', [1, 9])
    queue.put('heavy', [0, 5])
    expect([...queue]).toEqual(['heavy', 'light', 'late'])
  })

  it('refuses an item that it holds, and a priority that cannot be ordered', () => {
    const queue = new PriorityQueue<string>()
    queue.put('a', 0)
    expect(() => queue.put('a', 1)).toThrow(expect.objectContaining({ code: 'WS_QUEUE_DUPLICATE' }))
    expect(() => queue.put('b', Number.NaN)).toThrow(expect.objectContaining({ code: 'WS_OPTION_RANGE' }))
    expect(() => queue.reprioritize('a', Number.NaN)).toThrow(
      expect.objectContaining({ code: 'WS_OPTION_RANGE' }),
    )
    expect([...queue]).toEqual(['a'])
    const job = { name: 'build' }
    const jobs = new PriorityQueue<object>()
    jobs.put(job, 0)
    expect(() => jobs.put(job, 1)).toThrow('the item is in the queue already')
    queue.take()
    queue.put('a', 1)
    expect(queue.priorityOf('a')).toBe(1)
  })

  it('calls listeners after each put until they are taken back', () => {
    const queue = new PriorityQueue<string>()
    const sizes: number[] = []
    const stop = queue.onPut(() => sizes.push(queue.size))
    queue.put('a', 0)
    queue.put('b', 0)
    queue.reprioritize('a', 1)
    stop()
    stop()
    queue.put('c', 0)
    expect(sizes).toEqual([1, 2])
  })

  it('does what a stable sorted list does, whatever is asked of it', () => {
    fc.assert(
      fc.property(fc.array(operation, { maxLength: 60 }), (operations) => {
        const queue = new PriorityQueue<string>()
        const model = new SortedList()
        for (const { does, item, priority } of operations) {
          if (does === 'put' && !model.has(item)) {
            queue.put(item, priority)
            model.put(item, priority)
          } else if (does === 'take') expect(queue.take()).toBe(model.take())
          else if (does === 'remove') expect(queue.remove(item)).toBe(model.remove(item))
          else if (does === 'move')
            expect(queue.reprioritize(item, priority)).toBe(model.move(item, priority))
          expect([...queue]).toEqual(model.items())
          expect(queue.peek()).toBe(model.items()[0])
          expect(queue.size).toBe(model.items().length)
          expect(queue.has(item)).toBe(model.has(item))
        }
      }),
      { numRuns: 500 },
    )
  })
})

const operation = fc.record({
  does: fc.constantFrom('put', 'put', 'put', 'take', 'remove', 'move'),
  item: fc.constantFrom(...'abcdefghijkl'),
  priority: fc.integer({ min: -2, max: 2 }),
})

/** Entries in the order of arrival; a stable sort does the rest. */
class SortedList {
  #entries: { readonly item: string; priority: number }[] = []

  items(): string[] {
    return this.#entries.toSorted((a, b) => a.priority - b.priority).map(({ item }) => item)
  }

  has(item: string): boolean {
    return this.#entries.some((entry) => entry.item === item)
  }

  put(item: string, priority: number): void {
    this.#entries.push({ item, priority })
  }

  take(): string | undefined {
    const first = this.items()[0]
    this.remove(first)
    return first
  }

  remove(item: string | undefined): boolean {
    const before = this.#entries.length
    this.#entries = this.#entries.filter((entry) => entry.item !== item)
    return this.#entries.length < before
  }

  move(item: string, priority: number): boolean {
    const entry = this.#entries.find((other) => other.item === item)
    if (entry !== undefined) entry.priority = priority
    return entry !== undefined
  }
}
