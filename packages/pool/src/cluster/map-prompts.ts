import type { SettledTurn } from '../instance/turn.ts'
import type { PromptOptions } from '../pool/dispatcher.ts'

/** How a batch is worked on. */
export interface MapOptions {
  /** Yields in the order of the items instead of as they end. @default false */
  readonly ordered?: boolean
  /** Stops taking items and makes what runs stop; the iteration ends by throwing its reason. */
  readonly signal?: AbortSignal
}

/** How one item of a batch ended. */
export interface MappedTurn<Item> {
  readonly item: Item
  /** Its place among the items, from 0. */
  readonly position: number
  readonly settled: SettledTurn
}

/** What a batch needs of a cluster. */
export interface MapPorts {
  /** How many items may be on their way or unread at a time. */
  readonly room: number
  ask(text: string, options: PromptOptions): Promise<SettledTurn>
}

/** Works a batch off; see `ClusterManager.map`. Whoever stops reading stops the work: what runs is aborted and awaited. */
export async function* mapPrompts<Item>(
  items: Iterable<Item> | AsyncIterable<Item>,
  toPrompt: (item: Item) => string | (PromptOptions & { readonly text: string }),
  { ordered = false, signal }: MapOptions,
  { room, ask }: MapPorts,
): AsyncGenerator<MappedTurn<Item>, void, undefined> {
  signal?.throwIfAborted()
  const stopping = new AbortController()
  const onAbort = () => stopping.abort(signal?.reason)
  signal?.addEventListener('abort', onAbort, { once: true })
  const source = iteratorOf(items)
  /** In the order of the items; each resolves to itself, so that a race names its winner. */
  const running: Promise<Running<Item>>[] = []
  let position = 0
  let hasMore = true
  try {
    for (;;) {
      while (hasMore && running.length < room && !stopping.signal.aborted) {
        const next = await source.next()
        if (next.done === true) hasMore = false
        else running.push(begin(next.value, position++))
      }
      if (running.length === 0 || stopping.signal.aborted) break
      const { mapped, self } = await (ordered ? running[0]! : Promise.race(running))
      void running.splice(running.indexOf(self()), 1)
      yield mapped
    }
    signal?.throwIfAborted()
  } finally {
    signal?.removeEventListener('abort', onAbort)
    stopping.abort(signal?.reason)
    await Promise.allSettled(running)
    if (hasMore) await source.return?.()
  }

  function begin(item: Item, at: number): Promise<Running<Item>> {
    const given = toPrompt(item)
    const { text, ...options } = typeof given === 'string' ? { text: given } : given
    const own = options.signal
    const both = own === undefined ? stopping.signal : AbortSignal.any([own, stopping.signal])
    const promise: Promise<Running<Item>> = ask(text, { ...options, signal: both }).then((settled) => ({
      mapped: { item, position: at, settled },
      self: () => promise,
    }))
    // Whoever is not looked at when it rejects is looked at later.
    promise.catch(() => {})
    return promise
  }
}

interface Running<Item> {
  readonly mapped: MappedTurn<Item>
  readonly self: () => Promise<Running<Item>>
}

function iteratorOf<Item>(items: Iterable<Item> | AsyncIterable<Item>): Iterator<Item> | AsyncIterator<Item> {
  return Symbol.asyncIterator in items ? items[Symbol.asyncIterator]() : items[Symbol.iterator]()
}
