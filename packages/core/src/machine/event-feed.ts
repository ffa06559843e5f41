import { EventEmitter } from 'eventemitter3'
import type { MachineEvent } from './machine.ts'

/** An event as it was stored: numbered through the whole log, without a gap within it. */
export interface Published<Event extends MachineEvent> {
  readonly seq: number
  readonly at: number
  readonly event: Event
}

type Listener<Event extends MachineEvent> = (published: Published<Event>) => void

/** What is told after it was stored. A listener that throws hurts nobody: the error goes to `onListenerError`. */
export class EventFeed<Event extends MachineEvent> {
  readonly #emitter = new EventEmitter<Record<string, Listener<Event>>>()
  readonly #onListenerError: (error: unknown) => void
  readonly #ends = new Set<() => void>()
  #isClosed = false

  constructor(onListenerError: (error: unknown) => void = () => {}) {
    this.#onListenerError = onListenerError
  }

  /** Listens to one type of event, or to all with `*`; the returned function stops it. */
  on<Type extends Event['type']>(type: Type, listener: Listener<Extract<Event, { type: Type }>>): () => void
  on(type: '*', listener: Listener<Event>): () => void
  on(type: string, listener: (published: never) => void): () => void {
    const safe: Listener<Event> = (published) => {
      try {
        listener(published as never)
      } catch (error) {
        this.#onListenerError(error)
      }
    }
    this.#emitter.on(type, safe)
    return () => void this.#emitter.off(type, safe)
  }

  /** Whether anybody listens to events of that type: to nobody nothing need be told. */
  isHeard(type: Event['type']): boolean {
    return this.#emitter.listenerCount('*') > 0 || this.#emitter.listenerCount(type) > 0
  }

  /** Tells every listener; for the feed's owner. */
  publish(published: Published<Event>): void {
    this.#emitter.emit(published.event.type, published)
    this.#emitter.emit('*', published)
  }

  /** Ends every iteration. */
  close(): void {
    this.#isClosed = true
    for (const end of this.#ends) end()
    this.#ends.clear()
  }

  /** Every event from now on, in order, until the feed closes. */
  async *[Symbol.asyncIterator](): AsyncGenerator<Published<Event>> {
    const waiting: Published<Event>[] = []
    let wake = () => {}
    const end = () => wake()
    const stop = this.on('*', (published) => {
      waiting.push(published)
      wake()
    })
    this.#ends.add(end)
    try {
      for (;;) {
        yield* waiting.splice(0)
        if (this.#isClosed && waiting.length === 0) return
        if (waiting.length === 0) await new Promise<void>((resolve) => (wake = resolve))
      }
    } finally {
      stop()
      this.#ends.delete(end)
    }
  }
}
