import { spawn, type ChildProcess } from 'node:child_process'
import { WsError } from '@ws/core'
import type { Git } from './git.ts'
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
 * Reads objects by id through one kept-open `cat-file --batch`: a read costs a pipe round trip (some 30 µs)
 * instead of a process. Starts with the first read; answers come in the order of the questions. After an
 * unexpected end every open read fails, and the next one starts it again.
 */
export class ObjectReader implements AsyncDisposable {
  readonly #git: Git
  readonly #waiting: Waiter[] = []
  #chunks: Buffer[] = []
  #bytes = 0
  #needed = 0
  #child: ChildProcess | undefined
  #ended: Promise<void> = Promise.resolve()
  #isClosed = false

  constructor(git: Git) {
    this.#git = git
  }

  /** The object, or `undefined` where there is none. */
  read(id: ObjectId): Promise<GitObject | undefined> {
    if (this.#isClosed)
      return Promise.reject(
        new WsError('WS_GIT_CLOSED', 'the object reader is closed', { hint: 'open another' }),
      )
    return new Promise((resolve, reject) => {
      const child = (this.#child ??= this.#start())
      this.#waiting.push({ id, resolve, reject })
      child.stdin?.write(`${id}\n`)
    })
  }

  /** Waits for the reads that are open and ends the process. */
  async close(): Promise<void> {
    this.#isClosed = true
    this.#child?.stdin?.end()
    await this.#ended
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  #start(): ChildProcess {
    const child = spawn(this.#git.program.path, ['cat-file', '--batch'], {
      cwd: this.#git.place.cwd,
      env: this.#git.environment(),
      stdio: ['pipe', 'pipe', 'ignore'],
      windowsHide: true,
      detached: process.platform !== 'win32',
    })
    this.#ended = new Promise((resolve) => {
      const onEnd = () => {
        if (this.#child === child) this.#child = undefined
        this.#chunks = []
        this.#bytes = this.#needed = 0
        for (const { id, reject } of this.#waiting.splice(0))
          reject(
            new WsError('WS_GIT_READER_ENDED', `git cat-file ended while ${id} was read`, {
              details: { id },
            }),
          )
        resolve()
      }
      child.once('error', onEnd)
      child.once('close', onEnd)
    })
    child.stdin.on('error', () => {})
    child.stdout.on('data', (chunk: Buffer) => this.#take(chunk))
    return child
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
