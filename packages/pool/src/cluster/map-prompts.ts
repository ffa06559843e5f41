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
  /** In the order of the items. */
  const running: Running<Item>[] = []
  let wake = () => {}
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
      // Looked for, not raced: each race would leave something with every prompt that takes long.
      const at = ordered ? (running[0]?.end === undefined ? -1 : 0) : running.findIndex(({ end }) => end)
      if (at < 0) {
        await new Promise<void>((resolve) => (wake = resolve))
        continue
      }
      const [ended] = running.splice(at, 1)
      if (ended?.end?.is === 'refused') throw ended.end.error
      if (ended?.end !== undefined) yield ended.end.mapped
    }
    signal?.throwIfAborted()
  } finally {
    signal?.removeEventListener('abort', onAbort)
    stopping.abort(signal?.reason)
    await Promise.all(running.map(({ over }) => over))
    if (hasMore) await source.return?.()
  }

  function begin(item: Item, at: number): Running<Item> {
    const given = toPrompt(item)
    const { text, ...options } = typeof given === 'string' ? { text: given } : given
    const own = options.signal
    const both = own === undefined ? stopping.signal : AbortSignal.any([own, stopping.signal])
    const begun: Running<Item> = { end: undefined, over: Promise.resolve() }
    const endWith = (end: Running<Item>['end']) => {
      begun.end = end
      wake()
    }
    begun.over = ask(text, { ...options, signal: both }).then(
      (settled) => endWith({ is: 'settled', mapped: { item, position: at, settled } }),
      (error: unknown) => endWith({ is: 'refused', error }),
    )
    return begun
  }
}

interface Running<Item> {
  end:
    | { readonly is: 'settled'; readonly mapped: MappedTurn<Item> }
    | { readonly is: 'refused'; readonly error: unknown }
    | undefined
  /** Resolves, and never rejects, when it has an end. */
  over: Promise<void>
}

function iteratorOf<Item>(items: Iterable<Item> | AsyncIterable<Item>): Iterator<Item> | AsyncIterator<Item> {
  return Symbol.asyncIterator in items ? items[Symbol.asyncIterator]() : items[Symbol.iterator]()
}
