import { freshName } from '../platform/surroundings.ts'
import type { Git } from './git.ts'
import { KeptProcess } from './kept-process.ts'
import type { ObjectId } from './names.ts'

interface Waiter {
  readonly resolve: (said: Buffer | undefined) => void
  /** What git says before it names what differs. */
  readonly head: string
}

/** What is asked of `diff-tree`, and what it is given. */
export interface TreeDifferOptions {
  readonly args: readonly string[]
  /** Further variables. */
  readonly env?: Readonly<Record<string, string>>
  /** @default 268435456 */
  readonly maxOutputBytes?: number
}

// It keeps every tree that it was named.
const mostQuestions = 500

/**
 * Compares trees through one kept-open `diff-tree`. That one repeats at once, and with everything before it, what is no
 * object id: a word that nobody can guess ends each answer.
 */
export class TreeDiffer implements AsyncDisposable {
  readonly #git: Git
  readonly options: TreeDifferOptions
  readonly #end = `end-${freshName()}\n`
  readonly #waiting: Waiter[] = []
  #process: KeptProcess
  #earlier: Promise<unknown> = Promise.resolve()
  #questions = 0
  #chunks: string[] = []
  #bytes = 0

  constructor(git: Git, options: TreeDifferOptions) {
    this.#git = git
    this.options = options
    this.#process = this.#make()
  }

  /**
   * What git says of two trees, which are there. `undefined` where it did not say it: one is not there, it would say
   * too much, it ended, or the signal came first; another git tells which.
   */
  async ask(before: ObjectId, after: ObjectId, signal?: AbortSignal): Promise<Buffer | undefined> {
    if (signal?.aborted === true) return undefined
    if (this.#questions >= mostQuestions && this.#waiting.length === 0) this.#renew()
    this.#questions += 1
    const head = `${before} ${after}`
    const said = new Promise<Buffer | undefined>((resolve) => {
      this.#waiting.push({ resolve, head })
      this.#process.ask(`${head}\n${this.#end.trimEnd()}`)
    })
    const stop = () => this.#process.stop()
    signal?.addEventListener('abort', stop, { once: true })
    try {
      return await said
    } finally {
      signal?.removeEventListener('abort', stop)
    }
  }

  async close(): Promise<void> {
    await this.#process.close()
    await this.#earlier
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  #make(): KeptProcess {
    const { args, env } = this.options
    const made: KeptProcess = new KeptProcess(this.#git, ['diff-tree', '--stdin', ...args], {
      ...(env === undefined ? {} : { env }),
      onData: (chunk) => this.#take(chunk),
      // One that was let go has nothing left to say.
      onEnd: () => {
        if (made === this.#process) this.#giveUp()
      },
    })
    return made
  }

  #renew(): void {
    const earlier = this.#process
    this.#process = this.#make()
    this.#questions = 0
    this.#earlier = Promise.all([this.#earlier, earlier.close()])
  }

  #giveUp(): void {
    this.#chunks = []
    this.#bytes = 0
    for (const { resolve } of this.#waiting.splice(0)) resolve(undefined)
  }

  #take(chunk: Buffer): void {
    const last = this.#chunks.at(-1) ?? ''
    const text = chunk.toString('latin1')
    this.#chunks.push(text)
    this.#bytes += text.length
    // A large answer comes in many chunks: they are joined once, when its end is there, which may lie across two.
    if (!(last.slice(-this.#end.length) + text).includes(this.#end)) {
      if (this.#bytes > (this.options.maxOutputBytes ?? 268_435_456)) this.#process.stop()
      // Short ones are joined, or an end could lie across three.
      else if (last.length < this.#end.length && this.#chunks.length > 1)
        this.#chunks.splice(-2, 2, `${last}${text}`)
      return
    }
    const answers = this.#chunks.join('').split(this.#end)
    const rest = answers.pop() ?? ''
    this.#chunks = rest === '' ? [] : [rest]
    this.#bytes = rest.length
    for (const answer of answers) {
      const waiter = this.#waiting.shift()
      // It says nothing of what it cannot read; a line end follows the two, and then what differs.
      const said = waiter !== undefined && answer.startsWith(waiter.head)
      waiter?.resolve(said ? Buffer.from(answer.slice(waiter.head.length + 1), 'latin1') : undefined)
    }
    if (this.#waiting.length === 0) this.#process.rest()
  }
}
