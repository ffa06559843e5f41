import { createWriteStream, type WriteStream } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { dirname } from 'node:path'
import { finished } from 'node:stream/promises'
import type { AttemptOutput } from '@ws/core'

/** The log of one attempt. Lines of standard error begin with `! `, notes of ours with `# `; the rest is output as it came. */
export class AttemptLog {
  readonly path: string
  readonly #stream: WriteStream
  #isLineStart = true

  private constructor(path: string, stream: WriteStream) {
    this.path = path
    this.#stream = stream
  }

  static async open(path: string): Promise<AttemptLog> {
    await mkdir(dirname(path), { recursive: true })
    return new AttemptLog(path, createWriteStream(path, { flags: 'a' }))
  }

  write({ stream, text }: AttemptOutput): void {
    const mark = stream === 'out' ? '' : stream === 'err' ? '! ' : '# '
    for (const piece of text.split(/(?<=\n)/)) {
      this.#stream.write(this.#isLineStart ? `${mark}${piece}` : piece)
      this.#isLineStart = piece.endsWith('\n')
    }
  }

  async close(): Promise<void> {
    this.#stream.end()
    await finished(this.#stream)
  }
}
