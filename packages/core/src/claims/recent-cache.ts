/**
 * Remembers what was asked for lately by a text, in a fixed number of places: each text has two, and of three that
 * share them the one not asked for longest is forgotten. Where most texts are met once or twice, as with a hundred
 * thousand directories, this costs a fraction of a map, which first hashes and then grows.
 */
export class RecentCache<Value> {
  readonly #mask: number
  readonly #keys: (string | undefined)[] = []
  readonly #values: (Value | undefined)[] = []

  /** `places`, a power of two, is how many texts are remembered at most. */
  constructor(places: number) {
    this.#mask = places - 2
  }

  get(key: string): Value | undefined {
    const at = this.#placeOf(key)
    if (this.#keys[at] === key) return this.#values[at]
    if (this.#keys[at + 1] !== key) return undefined
    const value = this.#values[at + 1]!
    this.#put(at, key, value)
    return value
  }

  set(key: string, value: Value): void {
    this.#put(this.#placeOf(key), key, value)
  }

  /** Puts it first; what was first is second now. */
  #put(at: number, key: string, value: Value): void {
    this.#keys[at + 1] = this.#keys[at]
    this.#values[at + 1] = this.#values[at]
    this.#keys[at] = key
    this.#values[at] = value
  }

  /** The first of the text's two places. */
  #placeOf(key: string): number {
    let hash = key.length
    for (let i = 0; i < key.length; i++) hash = (Math.imul(hash, 31) + key.charCodeAt(i)) | 0
    return (hash ^ (hash >>> 15)) & this.#mask
  }
}
