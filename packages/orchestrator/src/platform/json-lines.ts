import type { Socket } from 'node:net'

/** Who listens to the other end of a connection. */
export interface LineListener {
  onLine(value: unknown): void
  /** Told once, however it ended. */
  onEnd(): void
  /** There is room again for what was held back. */
  onRoom?(): void
}

/** So much may wait for a slow reader in memory; a reader who keeps up never sees half of it. */
const roomBytes = 1_048_576

/** Values over a connection, one to a line, in order. What is not JSON ends it. */
export class JsonLines {
  readonly #socket: Socket
  #pieces: string[] = []
  #length = 0
  #hasEnded = false
  /** How long a line may be: short until the other end is known. */
  maxLength: number

  constructor(socket: Socket, listener: LineListener, { maxLength }: { readonly maxLength: number }) {
    this.#socket = socket
    this.maxLength = maxLength
    socket.setEncoding('utf8')
    socket.on('data', (text: string) => this.#take(text, listener))
    socket.on('error', () => socket.destroy())
    socket.on('drain', () => listener.onRoom?.())
    socket.on('close', () => {
      this.#hasEnded = true
      listener.onEnd()
    })
  }

  /** Whether the other end keeps up; if not, what can wait should. */
  get hasRoom(): boolean {
    return this.#socket.writableLength < roomBytes
  }

  send(value: unknown): void {
    this.sendLine(JSON.stringify(value))
  }

  /** What was written as JSON before, for several at once. */
  sendLine(line: string): void {
    if (!this.#hasEnded && this.#socket.writable) this.#socket.write(`${line}\n`)
  }

  /** Ends after everything so far was sent. */
  end(): void {
    this.#socket.end()
  }

  destroy(): void {
    this.#socket.destroy()
  }

  #take(text: string, listener: LineListener): void {
    const [first = '', ...rest] = text.split('\n')
    this.#keep(first)
    for (const next of rest) {
      const line = this.#pieces.join('')
      this.#pieces = []
      this.#length = 0
      this.#keep(next)
      if (!this.#tell(line, listener)) return
    }
  }

  #keep(piece: string): void {
    this.#pieces.push(piece)
    this.#length += piece.length
    if (this.#length > this.maxLength) this.#socket.destroy()
  }

  #tell(line: string, listener: LineListener): boolean {
    if (this.#socket.destroyed) return false
    try {
      listener.onLine(JSON.parse(line))
      return true
    } catch {
      this.#socket.destroy()
      return false
    }
  }
}
