import { getEventListeners } from 'node:events'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { dispatch } from '../../src/dispatch/dispatch.ts'
import { PriorityQueue } from '../../src/dispatch/priority-queue.ts'

describe('dispatch', () => {
  it('gives the most urgent item to each free worker, and tells how all ended, in that order', async () => {
    const queue = queueOf('a', 'b', 'c')
    queue.put('urgent', -1)
    const results = await dispatch(queue, (item) => item.toUpperCase(), { workers: 1 })
    expect(results).toEqual(
      ['urgent', 'a', 'b', 'c'].map((item) => ({ item, status: 'fulfilled', value: item.toUpperCase() })),
    )
    expect(queue.size).toBe(0)
  })

  it('ends at once for an empty queue', async () => {
    expect(await dispatch(queueOf(), () => 0, { workers: 3 })).toEqual([])
  })

  it('takes what is put, moved and removed while it runs', async () => {
    const queue = queueOf('a', 'b', 'c', 'd')
    const order: string[] = []
    const put = (item: string): void => {
      order.push(item)
      if (item !== 'a') return
      queue.put('new', -1)
      queue.reprioritize('d', -2)
      queue.remove('b')
    }
    await dispatch(queue, put, { workers: 1 })
    expect(order).toEqual(['a', 'd', 'new', 'c'])
  })

  it('gives an item that comes from outside to a free worker at once', async () => {
    const queue = queueOf('long')
    const long = Promise.withResolvers<void>()
    const started: string[] = []
    const finished = dispatch(queue, (item) => (started.push(item), item === 'long' ? long.promise : 0), {
      workers: 2,
    })
    queue.put('late', 0)
    expect(started).toEqual(['long', 'late'])
    long.resolve()
    expect((await finished).map(({ item }) => item)).toEqual(['late', 'long'])
  })

  it('shares a queue with another dispatch, each item going to one of them', async () => {
    const queue = queueOf(...'abcdefgh')
    const run = () => dispatch(queue, () => Promise.resolve(), { workers: 2 })
    const results = await Promise.all([run(), run()])
    expect(
      results
        .flat()
        .map(({ item }) => item)
        .toSorted(),
    ).toEqual([...'abcdefgh'])
  })

  it('goes on after a failure, thrown or rejected, and tells the reason', async () => {
    const fail = (item: string): Promise<string> => {
      if (item === 'throws') throw new Error('thrown')
      return item === 'rejects' ? Promise.reject(new Error('rejected')) : Promise.resolve(item)
    }
    const results = await dispatch(queueOf('throws', 'rejects', 'works'), fail, { workers: 1 })
    expect(results).toEqual([
      { item: 'throws', status: 'rejected', reason: new Error('thrown') },
      { item: 'rejects', status: 'rejected', reason: new Error('rejected') },
      { item: 'works', status: 'fulfilled', value: 'works' },
    ])
  })

  it('with stopOnError, tells what runs to stop and leaves the rest in the queue', async () => {
    const queue = queueOf('long', 'fails', 'c', 'd')
    const reason = new Error('broken')
    const run = (item: string, { signal }: { signal: AbortSignal }) =>
      item === 'fails' ? Promise.reject(reason) : aborted(signal)
    const { signal } = new AbortController()
    const results = await dispatch(queue, run, { workers: 2, stopOnError: true, signal })
    expect(results).toEqual([
      { item: 'fails', status: 'rejected', reason },
      { item: 'long', status: 'rejected', reason },
    ])
    expect([...queue]).toEqual(['c', 'd'])
  })

  it('never runs more than its workers, and every item once, whatever happens', async () => {
    await fc.assert(
      fc.asyncProperty(
        scripts,
        fc.integer({ min: 1, max: 4 }),
        fc.scheduler(),
        async (items, workers, scheduler) => {
          const queue = new PriorityQueue<Script>()
          for (const item of items) queue.put(item, item.priority)
          let running = 0
          let most = 0
          const finished = dispatch(
            queue,
            async (item) => {
              most = Math.max(most, ++running)
              await scheduler.schedule(Promise.resolve())
              running--
              for (const child of item.puts) queue.put(child, child.priority)
              if (item.fails) throw new Error('failed')
            },
            { workers },
          )
          await scheduler.waitFor(finished)
          const results = await finished
          const all = items.flatMap((item) => [item, ...item.puts])
          expect(new Set(results.map(({ item }) => item))).toEqual(new Set(all))
          expect(results).toHaveLength(all.length)
          expect(most).toBeLessThanOrEqual(workers)
          expect(running).toBe(0)
          for (const { item, status } of results) expect(status === 'rejected').toBe(item.fails)
        },
      ),
    )
  })
})

describe('what other dispatchers got wrong', () => {
  it('refuses a number of workers that would never start anything', async () => {
    for (const workers of [0, -1, Number.NaN, 1.5, Infinity]) {
      const queue = queueOf('a')
      await expect(dispatch(queue, () => 0, { workers })).rejects.toMatchObject({ code: 'WS_OPTION_RANGE' })
      expect(queue.size).toBe(1)
    }
    await expect(dispatch(queueOf(), () => 0, { workers: 0 })).rejects.toThrowErrorMatchingInlineSnapshot(
      `[WsError: workers is 0, expected a whole number from 1 up]`,
    )
  })

  it('starts nothing after it has rejected, and rejects only once nothing runs', async () => {
    const queue = queueOf('a', 'b', 'c')
    const abort = new AbortController()
    const gate = Promise.withResolvers<void>()
    const log: string[] = []
    const run = async (item: string): Promise<void> => {
      log.push(`start ${item}`)
      await gate.promise
      log.push(`end ${item}`)
    }
    const finished = dispatch(queue, run, { workers: 2, signal: abort.signal }).catch((error: unknown) => {
      log.push(`rejected: ${String(error)}`)
    })
    abort.abort('enough')
    queue.put('d', -1)
    gate.resolve()
    await finished
    queue.put('e', -2)
    await settle()
    expect(log).toEqual(['start a', 'start b', 'end a', 'end b', 'rejected: enough'])
    expect([...queue]).toEqual(['e', 'd', 'c'])
  })

  it('starts nothing on a signal that has aborted before', async () => {
    const queue = queueOf('a')
    const options = { workers: 1, signal: AbortSignal.abort('too late') }
    await expect(dispatch(queue, () => expect.unreachable(), options)).rejects.toBe('too late')
    expect(queue.size).toBe(1)
  })

  it('starts nothing more when the very first item aborts', async () => {
    const queue = queueOf('a', 'b', 'c')
    const abort = new AbortController()
    const finished = dispatch(queue, () => abort.abort('at once'), { workers: 3, signal: abort.signal })
    await expect(finished).rejects.toBe('at once')
    expect([...queue]).toEqual(['b', 'c'])
  })

  it('hands a free worker to who has waited, not to a newcomer of the same priority', async () => {
    const queue = queueOf('a', 'waits')
    const order: string[] = []
    let running = 0
    const work = async (item: string): Promise<void> => {
      expect(++running).toBe(1)
      order.push(item)
      await settle()
      running--
    }
    const run = (item: string): Promise<void> => {
      const ended = work(item)
      // The moment in which the worker gets free, before anybody else can hear of it.
      if (item === 'a') void ended.then(() => queue.put('newcomer', 0))
      return ended
    }
    await dispatch(queue, run, { workers: 1 })
    expect(order).toEqual(['a', 'waits', 'newcomer'])
  })

  it('gives a live signal to items that had to wait as well', async () => {
    const queue = queueOf('a', 'b', 'c')
    const abort = new AbortController()
    const seen: AbortSignal[] = []
    const run = (item: string, { signal }: { signal: AbortSignal }): Promise<never> | string => {
      seen.push(signal)
      if (item !== 'b') return item
      queueMicrotask(() => abort.abort('while b runs'))
      return aborted(signal)
    }
    const finished = dispatch(queue, run, { workers: 1, signal: abort.signal })
    await expect(finished).rejects.toBe('while b runs')
    expect(seen).toHaveLength(2)
    expect(seen.map(({ reason }) => String(reason))).toEqual(['while b runs', 'while b runs'])
  })

  it('leaves no listener on a long-lived signal, and does not mind an abort after its end', async () => {
    const abort = new AbortController()
    const queue = queueOf('a')
    const finished = dispatch(queue, (item) => item, { workers: 1, signal: abort.signal })
    expect(getEventListeners(abort.signal, 'abort')).toHaveLength(1)
    expect(await finished).toHaveLength(1)
    expect(getEventListeners(abort.signal, 'abort')).toHaveLength(0)
    abort.abort()
    abort.abort()
    queue.put('b', 0)
    await settle()
    expect([...queue]).toEqual(['b'])
  })

  it('keeps the first reason when it is stopped twice', async () => {
    const abort = new AbortController()
    const reasons: unknown[] = []
    const run = async (_item: string, { signal }: { signal: AbortSignal }): Promise<void> => {
      await aborted(signal).catch((reason: unknown) => reasons.push(reason))
      abort.abort('second')
      throw new Error('third')
    }
    const finished = dispatch(queueOf('a', 'b'), run, { workers: 1, signal: abort.signal, stopOnError: true })
    abort.abort('first')
    await expect(finished).rejects.toBe('first')
    expect(reasons).toEqual(['first'])
  })

  it('ends on every way out', async () => {
    const removed = queueOf('a', 'b')
    await dispatch(removed, () => void removed.remove('b'), { workers: 1 })

    const emptied = queueOf('a', 'b', 'c')
    await dispatch(emptied, () => void (emptied.take(), emptied.take()), { workers: 1 })

    const nothing = await dispatch(queueOf('a'), () => Promise.reject(), { workers: 1, stopOnError: true })
    expect(nothing).toEqual([{ item: 'a', status: 'rejected', reason: undefined }])
  })

  it('settles with what it started, however late in its ending an item is put', async () => {
    for (let steps = 0; steps < 20; steps++) {
      const queue = queueOf('a')
      let running = 0
      const run = async (item: string): Promise<void> => {
        running++
        if (item === 'a') void after(steps, () => queue.put('b', 0))
        else await settle()
        running--
      }
      const results = await dispatch(queue, run, { workers: 2 })
      expect(running).toBe(0)
      await settle()
      expect(results.length + queue.size).toBe(2)
    }
  })
})

interface Script {
  readonly priority: number
  readonly fails: boolean
  readonly puts: readonly Script[]
}

const leaf = fc.record({ priority: fc.nat(3), fails: fc.boolean(), puts: fc.constant<Script[]>([]) })
const scripts: fc.Arbitrary<Script[]> = fc.array(
  fc.record({ priority: fc.nat(3), fails: fc.boolean(), puts: fc.array(leaf, { maxLength: 2 }) }),
  { maxLength: 8 },
)

function queueOf(...items: readonly string[]): PriorityQueue<string> {
  const queue = new PriorityQueue<string>()
  for (const item of items) queue.put(item, 0)
  return queue
}

/** Rejects with the signal's reason once it aborts. */
function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true })
  })
}

/** Lets everything that is already due happen. */
function settle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}

/** Calls back after so many turns of the microtask queue. */
async function after(steps: number, callback: () => void): Promise<void> {
  for (let step = 0; step < steps; step++) await Promise.resolve()
  callback()
}
