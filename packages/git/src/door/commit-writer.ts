import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { WsError } from '@ws/core'
import type { Git } from './git.ts'
import { KeptProcess } from './kept-process.ts'
import { isObjectId, type ObjectId } from './names.ts'

interface Waiter {
  readonly resolve: (id: ObjectId) => void
  readonly reject: (error: unknown) => void
}

/**
 * Writes commit objects through one kept-open `hash-object`: git checks, writes and syncs them as ever, but no
 * process is started for each. It reads files, so each text passes through a small one in the git directory.
 */
export class CommitWriter implements AsyncDisposable {
  readonly #folder: string
  readonly #process: KeptProcess
  readonly #waiting: Waiter[] = []
  #rest = ''

  /** @param git at a git directory of ours, which is its working directory */
  constructor(git: Git) {
    this.#folder = git.place.cwd
    this.#process = new KeptProcess(git, ['hash-object', '-w', '-t', 'commit', '--stdin-paths'], {
      onData: (chunk) => this.#take(chunk),
      onEnd: () => {
        this.#rest = ''
        for (const { reject } of this.#waiting.splice(0))
          reject(new WsError('WS_GIT_READER_ENDED', 'git hash-object ended while a commit was written'))
      },
    })
  }

  async write(text: string): Promise<ObjectId> {
    // A relative name of ours: a line end in the path of the repository would end the question.
    const name = `commit-${process.pid}-${++counter}`
    const path = join(this.#folder, name)
    await writeFile(path, text, { flag: 'wx', mode: 0o600 })
    try {
      return await new Promise((resolve, reject) => {
        this.#waiting.push({ resolve, reject })
        this.#process.ask(name)
      })
    } finally {
      await rm(path, { force: true })
    }
  }

  close(): Promise<void> {
    return this.#process.close()
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  #take(chunk: Buffer): void {
    const lines = (this.#rest + chunk.toString('latin1')).split('\n')
    this.#rest = lines.pop() ?? ''
    for (const line of lines) {
      const waiter = this.#waiting.shift()
      if (isObjectId(line)) waiter?.resolve(line)
      else waiter?.reject(new WsError('WS_GIT_FAILED', `git hash-object answered ${JSON.stringify(line)}`))
    }
    if (this.#waiting.length === 0) this.#process.rest()
  }
}

// Several writers of one process may share a directory.
let counter = 0
