/** Standard input as a program reads it: by lines, by bytes or to its end. */
export class AgentInput {
  #rest = ''
  #isEnded = false
  #isDeaf = false
  #wake: () => void = () => {}

  constructor(stream: NodeJS.ReadStream) {
    stream.setEncoding('utf8')
    stream.on('data', (text) => {
      if (this.#isDeaf) return
      this.#rest += String(text)
      this.#wake()
    })
    stream.once('end', () => {
      this.#isEnded = true
      if (!this.#isDeaf) this.#wake()
    })
    // Whoever is at the other end may be killed.
    stream.on('error', () => {})
    this.#stop = () => stream.pause()
  }

  readonly #stop: () => void

  /** Reads nothing any more, so that the pipe fills. */
  goDeaf(): void {
    this.#isDeaf = true
    this.#stop()
  }

  /** Lines without their ends; a last one without an end counts. */
  async *lines(): AsyncGenerator<string> {
    for (;;) {
      const line = await this.take((rest) => rest.indexOf('\n') + 1)
      if (line === undefined) break
      yield line.slice(0, -1).replace(/\r$/, '')
    }
    const last = await this.text()
    if (last !== '') yield last
  }

  /** Everything until the end. */
  async text(): Promise<string> {
    while (!this.#isEnded) await this.#more()
    const text = this.#rest
    this.#rest = ''
    return text
  }

  /** The next characters, as many as `measure` says; it says 0 until there are enough. `undefined` where the end comes first. */
  async take(measure: (rest: string) => number): Promise<string | undefined> {
    for (;;) {
      const length = measure(this.#rest)
      if (length > 0) {
        const text = this.#rest.slice(0, length)
        this.#rest = this.#rest.slice(length)
        return text
      }
      if (this.#isEnded) return undefined
      await this.#more()
    }
  }

  #more(): Promise<void> {
    return new Promise((resolve) => (this.#wake = resolve))
  }
}
