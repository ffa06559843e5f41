import { WsError } from '@ws/core'
import type { Git } from './git.ts'
import { KeptProcess } from './kept-process.ts'
import type { ObjectId } from './names.ts'

/** One object as git stores it. */
export interface GitObject {
  readonly id: ObjectId
  readonly type: 'blob' | 'tree' | 'commit' | 'tag'
  readonly content: Buffer
}

interface Waiter {
  readonly id: ObjectId
  readonly resolve: (object: GitObject | undefined) => void
  readonly reject: (error: unknown) => void
}

/**
 * Reads objects by id through one kept-open `cat-file --batch`: a read costs a pipe round trip instead of a
 * process. Answers come in the order of the questions. After an unexpected end every open read fails, and the
 * next one starts it again.
 */
export class ObjectReader implements AsyncDisposable {
  readonly #process: KeptProcess
  readonly #waiting: Waiter[] = []
  #chunks: Buffer[] = []
  #bytes = 0
  #needed = 0
  #isClosed = false

  constructor(git: Git) {
    this.#process = new KeptProcess(git, ['cat-file', '--batch'], {
      onData: (chunk) => this.#take(chunk),
      onEnd: () => this.#end(),
    })
  }

  /** The object, or `undefined` where there is none. */
  read(id: ObjectId): Promise<GitObject | undefined> {
    if (this.#isClosed)
      return Promise.reject(
        new WsError('WS_GIT_CLOSED', 'the object reader is closed', { hint: 'open another' }),
      )
    return new Promise((resolve, reject) => {
      this.#waiting.push({ id, resolve, reject })
      this.#process.ask(id)
    })
  }

  /** Waits for the reads that are open and ends the process. */
  close(): Promise<void> {
    this.#isClosed = true
    return this.#process.close()
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  #end(): void {
    this.#chunks = []
    this.#bytes = this.#needed = 0
    for (const { id, reject } of this.#waiting.splice(0))
      reject(
        new WsError('WS_GIT_READER_ENDED', `git cat-file ended while ${id} was read`, { details: { id } }),
      )
  }

  #take(chunk: Buffer): void {
    this.#chunks.push(chunk)
    this.#bytes += chunk.length
    // A large object comes in many chunks: they are joined once, when all of it is there.
    while (this.#bytes > 0 && this.#bytes >= this.#needed) {
      const all = this.#chunks.length === 1 ? this.#chunks[0]! : Buffer.concat(this.#chunks)
      const rest = this.#answer(all)
      this.#chunks = rest === undefined ? [all] : rest.length > 0 ? [rest] : []
      this.#bytes = rest === undefined ? all.length : rest.length
      if (rest === undefined) return
    }
    if (this.#waiting.length === 0) this.#process.rest()
  }

  /** Answers the first waiter and returns what is left, or `undefined` when there is not enough yet. */
  #answer(all: Buffer): Buffer | undefined {
    const lineEnd = all.indexOf(0x0a)
    if (lineEnd < 0) {
      this.#needed = all.length + 1
      return undefined
    }
    const [, type = '', size = ''] = all.subarray(0, lineEnd).toString('latin1').split(' ')
    const waiter = this.#waiting[0]
    if (!isObjectType(type) || waiter === undefined) {
      this.#waiting.shift()?.resolve(undefined)
      this.#needed = 0
      return all.subarray(lineEnd + 1)
    }
    const end = lineEnd + 1 + Number(size)
    if (all.length < end + 1) {
      this.#needed = end + 1
      return undefined
    }
    this.#waiting.shift()
    this.#needed = 0
    waiter.resolve({ id: waiter.id, type, content: Buffer.from(all.subarray(lineEnd + 1, end)) })
    return all.subarray(end + 1)
  }
}

function isObjectType(type: string): type is GitObject['type'] {
  return type === 'blob' || type === 'tree' || type === 'commit' || type === 'tag'
}
