import PQueue from 'p-queue'
import { WsError } from '../errors/ws-error.ts'
import type { PriorityQueue } from './priority-queue.ts'

/** How `dispatch` works through its queue. */
export interface DispatchOptions {
  /** How many items are worked on at a time: a whole number from 1 up. */
  readonly workers: number
  /** Stops starting, tells what runs, and makes `dispatch` reject with its reason. */
  readonly signal?: AbortSignal | undefined
  /** Whether the first failure stops starting and aborts what runs. @default false */
  readonly stopOnError?: boolean
}

/** How one item ended. */
export type Settled<T, R> =
  | { readonly item: T; readonly status: 'fulfilled'; readonly value: R }
  | { readonly item: T; readonly status: 'rejected'; readonly reason: unknown }

/**
 * Works the queue off: takes the first item whenever a worker is free and gives it to `fn`. Items may be put,
 * moved and removed while it runs; it ends when the queue is empty and nothing runs.
 *
 * - It resolves to how the items ended, in that order. A failure is one of the results and stops nothing, unless
 *   `stopOnError`: then what has not started stays in the queue.
 * - When `signal` aborts, nothing more starts, `fn` is told through its own `signal`, and once all that runs has
 *   settled, `dispatch` rejects with the signal's reason. What has not started stays in the queue.
 * - It never settles while an `fn` still runs, and starts none afterwards.
 *
 * @throws `WS_OPTION_RANGE` if `workers` is out of range.
 * @example
 * const queue = new PriorityQueue<string>()
 * for (const [place, file] of files.entries()) queue.put(file, place)
 * const results = await dispatch(queue, (file, { signal }) => compile(file, signal), { workers: 3 })
 */
export async function dispatch<
  T extends NonNullable<unknown>,
  R,
  P extends number | string | object = number,
>(
  queue: PriorityQueue<T, P>,
  fn: (item: T, context: { readonly signal: AbortSignal }) => R,
  { workers, signal, stopOnError = false }: DispatchOptions,
): Promise<readonly Settled<T, Awaited<R>>[]> {
  checkWorkers(workers)
  signal?.throwIfAborted()
  const results: Settled<T, Awaited<R>>[] = []
  const stopping = new AbortController()
  // One turn for each item, but not of that item: a turn takes whatever is first when a worker is free. The
  // signal is not p-queue's to watch, since it frees the place of a task that was told to stop and still runs.
  const turns = new PQueue({ concurrency: workers })

  const turn = async (): Promise<void> => {
    const item = stopping.signal.aborted ? undefined : queue.take()
    // Nothing is left where an item was removed, or taken by another dispatch of the same queue.
    if (item === undefined) return
    try {
      results.push({ item, status: 'fulfilled', value: await fn(item, { signal: stopping.signal }) })
    } catch (reason) {
      results.push({ item, status: 'rejected', reason })
      if (stopOnError) stopping.abort(reason)
    }
  }
  const addTurn = (): void => void turns.add(turn)
  const onAbort = (): void => stopping.abort(signal?.reason)

  const stopListening = queue.onPut(addTurn)
  signal?.addEventListener('abort', onAbort, { once: true })
  try {
    for (let waiting = queue.size; waiting > 0; waiting--) addTurn()
    // Again, because an item may be put between p-queue's word and our hearing it.
    while (turns.size + turns.pending > 0) await turns.onIdle()
  } finally {
    stopListening()
    signal?.removeEventListener('abort', onAbort)
  }
  signal?.throwIfAborted()
  return results
}

function checkWorkers(workers: number): void {
  if (Number.isSafeInteger(workers) && workers >= 1) return
  throw new WsError('WS_OPTION_RANGE', `workers is ${workers}, expected a whole number from 1 up`, {
    details: { option: 'workers', given: String(workers), minimum: 1 },
    hint: 'with none, nothing would ever start',
  })
}
