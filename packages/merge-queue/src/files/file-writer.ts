import { mkdir, rename, rm, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'

let counter = 0

/**
 * Keeps a file up to what is true: whoever reads it finds one whole state or the next, never a part. One write goes
 * on at a time, and what changed meanwhile is in the next one.
 */
export class FileWriter {
  readonly #path: string
  readonly #content: () => string
  readonly #onError: (error: unknown) => void
  #isWanted = false
  #writing: Promise<void> | undefined

  constructor(path: string, content: () => string, onError: (error: unknown) => void) {
    this.#path = path
    this.#content = content
    this.#onError = onError
  }

  /** Something has changed. */
  touch(): void {
    this.#isWanted = true
    this.#writing ??= this.#write()
  }

  /** Resolves when the file says what is true. */
  async close(): Promise<void> {
    await this.#writing
  }

  async #write(): Promise<void> {
    // Whatever changes in the same moment is written once.
    await Promise.resolve()
    while (this.#isWanted) {
      this.#isWanted = false
      await writeAtomically(this.#path, this.#content()).catch(this.#onError)
    }
    this.#writing = undefined
  }
}

async function writeAtomically(path: string, content: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true })
  const temporary = join(dirname(path), `.${basename(path)}.${process.pid}-${++counter}`)
  try {
    await writeFile(temporary, content)
    await rename(temporary, path)
  } catch (error) {
    await rm(temporary, { force: true })
    throw error
  }
}
