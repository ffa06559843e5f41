/** Longer answers are cut: nobody reads them, and memory is not endless. */
const maxChars = 8_000_000

/** What a tool answered: what it said last, which is after its last use of a tool. */
export class AnswerText {
  /** Whole pieces, then the parts that were said since: joined in two steps, so that many small ones stay cheap. */
  #pieces: string[] = []
  #parts: string[] = []
  #length = 0
  #isPaused = false

  get text(): string {
    const text = [...this.#pieces, ...this.#parts].join('')
    this.#pieces = text === '' ? [] : [text]
    this.#parts = []
    return text
  }

  /** A whole message. */
  piece(text: string): void {
    if (text === '') return
    if (this.#isPaused) this.answer('')
    this.#add(this.#length === 0 ? text : `\n\n${text}`)
  }

  /** A part of a message that grows. */
  delta(text: string): void {
    if (this.#isPaused && text !== '') this.answer('')
    this.#add(text)
  }

  /** The whole answer, in place of what came before. */
  answer(text: string): void {
    this.#pieces = []
    this.#parts = []
    this.#length = 0
    this.#isPaused = false
    this.#add(text)
  }

  /** The tool does something: what it says next is said anew. */
  pause(): void {
    this.#isPaused = true
  }

  #add(text: string): void {
    const kept = text.slice(0, maxChars - this.#length)
    if (kept === '') return
    this.#length += kept.length
    this.#parts.push(kept)
    if (this.#parts.length < 1_000) return
    this.#pieces.push(this.#parts.join(''))
    this.#parts = []
  }
}
