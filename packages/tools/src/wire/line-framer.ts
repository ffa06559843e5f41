import { invariant } from '@ws/core'

/** 32 MiB: the largest message that the known protocols allow. */
export const defaultMaxLineBytes: number = 32 * 1024 * 1024

/** One line of output, or the place of one that was too long to keep. */
export type Line =
  { readonly kind: 'line'; readonly text: string } | { readonly kind: 'too-long'; readonly bytes: number }

/** How lines are cut. */
export interface LineFramerOptions {
  /** A longer line is dropped while it arrives, and told as `too-long`. @default 33554432 */
  readonly maxLineBytes?: number
}

const lineFeed = 10
const carriageReturn = 13

/**
 * Cuts bytes into lines. What it holds is bounded by the longest line allowed; a line is joined once, when its end is
 * there, however many pieces it came in; text is decoded line by line, so that a character split over two pieces is
 * one character.
 */
export class LineFramer {
  readonly #maxLineBytes: number
  readonly #decoder = new TextDecoder()
  #pieces: Uint8Array[] = []
  #held = 0
  /** Bytes of a line that is being dropped. */
  #dropped = 0

  constructor({ maxLineBytes = defaultMaxLineBytes }: LineFramerOptions = {}) {
    invariant(maxLineBytes > 0, 'lines.max-bytes', { maxLineBytes })
    this.#maxLineBytes = maxLineBytes
  }

  /** How much of an unfinished line is kept. */
  get heldBytes(): number {
    return this.#held
  }

  /** The lines that end in this piece, without their ends (`\n` or `\r\n`). */
  *push(bytes: Uint8Array): Generator<Line, void, undefined> {
    let start = 0
    while (start < bytes.length) {
      const end = bytes.indexOf(lineFeed, start)
      const piece = bytes.subarray(start, end === -1 ? bytes.length : end)
      if (end !== -1 && this.#held === 0 && this.#dropped === 0) yield this.#lineOf(piece)
      else {
        this.#hold(piece)
        if (end === -1) return
        yield this.#take()
      }
      start = end + 1
    }
  }

  /** What was left without an end of line. */
  *end(): Generator<Line, void, undefined> {
    if (this.#held > 0 || this.#dropped > 0) yield this.#take()
  }

  #hold(piece: Uint8Array): void {
    const total = this.#held + piece.length
    if (this.#dropped === 0 && total <= this.#maxLineBytes + 1) {
      // A copy: whoever made the piece may use its memory again.
      if (piece.length > 0) this.#pieces.push(piece.slice())
      this.#held = total
      return
    }
    this.#dropped += total
    this.#pieces = []
    this.#held = 0
  }

  #take(): Line {
    const pieces = this.#pieces
    const size = this.#held
    const dropped = this.#dropped
    this.#pieces = []
    this.#held = 0
    this.#dropped = 0
    if (dropped > 0) return { kind: 'too-long', bytes: dropped }
    return this.#lineOf(pieces.length === 1 ? pieces[0]! : join(pieces, size))
  }

  #lineOf(whole: Uint8Array): Line {
    const size = whole.length
    const length = whole[size - 1] === carriageReturn ? size - 1 : size
    // The byte beyond the limit may only be the carriage return of the line's end.
    if (length > this.#maxLineBytes) return { kind: 'too-long', bytes: size }
    return { kind: 'line', text: this.#decoder.decode(whole.subarray(0, length)) }
  }
}

function join(pieces: readonly Uint8Array[], size: number): Uint8Array {
  const whole = new Uint8Array(size)
  let at = 0
  for (const piece of pieces) {
    whole.set(piece, at)
    at += piece.length
  }
  return whole
}
