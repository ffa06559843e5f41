/** Keeps the last bytes of a stream, never more than twice as many as asked for. */
export class ByteTail {
  readonly #limit: number
  #chunks: Uint8Array[] = []
  #size = 0
  #total = 0

  constructor(limit: number) {
    this.#limit = limit
  }

  /** How many bytes came in all. */
  get total(): number {
    return this.#total
  }

  push(chunk: Uint8Array): void {
    this.#total += chunk.length
    // A copy of the end: a slice would keep the whole chunk in memory.
    const kept = chunk.length > this.#limit ? chunk.slice(-this.#limit) : chunk
    this.#chunks.push(kept)
    this.#size += kept.length
    while (this.#size - (this.#chunks[0]?.length ?? 0) >= this.#limit)
      this.#size -= this.#chunks.shift()?.length ?? 0
    // Many tiny pieces weigh more than what is in them.
    if (this.#chunks.length > 1_024) this.#chunks = [Buffer.concat(this.#chunks)]
  }

  /** The last bytes as text; a character that was cut at the beginning is left out. */
  text(): string {
    const bytes = Buffer.concat(this.#chunks).subarray(-this.#limit)
    let start = 0
    // At most three bytes of a character follow its first.
    while (this.#total > bytes.length && start < 3 && ((bytes[start] ?? 0) & 0xc0) === 0x80) start += 1
    return bytes.subarray(start).toString('utf8')
  }
}
