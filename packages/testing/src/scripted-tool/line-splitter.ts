const newline = 10

/** Cuts bytes into lines without looking at any byte twice; a character may be split between two chunks. */
export class LineSplitter {
  readonly #waiting: Uint8Array[] = []

  /** The lines that this chunk completes, without their ends. */
  push(chunk: Uint8Array): readonly string[] {
    const lines: string[] = []
    let start = 0
    for (let end = chunk.indexOf(newline); end >= 0; end = chunk.indexOf(newline, start)) {
      lines.push(this.#take(chunk.subarray(start, end)))
      start = end + 1
    }
    if (start < chunk.length) this.#waiting.push(chunk.subarray(start))
    return lines
  }

  #take(tail: Uint8Array): string {
    if (this.#waiting.length === 0)
      return Buffer.from(tail.buffer, tail.byteOffset, tail.byteLength).toString('utf8')
    return Buffer.concat([...this.#waiting.splice(0), tail]).toString('utf8')
  }
}
