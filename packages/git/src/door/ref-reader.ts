import { WsError } from '@ws/core'
import type { Git } from './git.ts'
import { KeptProcess } from './kept-process.ts'
import { isObjectId, type ObjectId } from './names.ts'

interface Waiter {
  readonly resolve: (id: ObjectId | undefined) => void
  readonly reject: (error: unknown) => void
}

/**
 * Looks names up through one kept-open `cat-file --batch-check`, which reads references anew each time. For
 * what is compared once more when it is written; where absence alone decides, ask `listRefs`, which tells a
 * broken reference from none.
 */
export class RefReader implements AsyncDisposable {
  readonly #process: KeptProcess
  readonly #waiting: Waiter[] = []
  #rest = ''

  constructor(git: Git) {
    this.#process = new KeptProcess(git, ['cat-file', '--batch-check=%(objectname)'], {
      onData: (chunk) => this.#take(chunk),
      onEnd: () => {
        this.#rest = ''
        for (const { reject } of this.#waiting.splice(0))
          reject(new WsError('WS_GIT_READER_ENDED', 'git cat-file ended while a reference was read'))
      },
    })
  }

  /** What a reference, or a worktree's `worktrees/<name>/HEAD`, holds. */
  read(name: string): Promise<ObjectId | undefined> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject })
      this.#process.ask(name)
    })
  }

  close(): Promise<void> {
    return this.#process.close()
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  #take(chunk: Buffer): void {
    const lines = (this.#rest + chunk.toString('utf8')).split('\n')
    this.#rest = lines.pop() ?? ''
    for (const line of lines) this.#waiting.shift()?.resolve(isObjectId(line) ? line : undefined)
    if (this.#waiting.length === 0) this.#process.rest()
  }
}
