import type { KnownSession } from '../instance/turn.ts'

/** Conversations that are remembered. */
const maxSessions = 10_000

/** Where a conversation was last. */
export interface SessionPlace {
  readonly index: number
  /** How another process can take it up. */
  readonly known: KnownSession | undefined
  /** Something was said in it. */
  readonly hasBegun: boolean
}

/** Which instance has which conversation; the longest unused ones are forgotten. */
export class SessionBook {
  readonly #places = new Map<string, SessionPlace>()
  readonly #counts = new Map<number, number>()

  get size(): number {
    return this.#places.size
  }

  find(session: string): SessionPlace | undefined {
    return this.#places.get(session)
  }

  note(session: string, place: SessionPlace): void {
    this.forget(session)
    this.#places.set(session, place)
    this.#counts.set(place.index, this.countOf(place.index) + 1)
    const [oldest] = this.#places.size > maxSessions ? this.#places.keys() : []
    if (oldest !== undefined) this.forget(oldest)
  }

  forget(session: string): void {
    const place = this.#places.get(session)
    if (place === undefined) return
    this.#places.delete(session)
    this.#counts.set(place.index, this.countOf(place.index) - 1)
  }

  /** How many conversations an instance has. */
  countOf(index: number): number {
    return this.#counts.get(index) ?? 0
  }
}
