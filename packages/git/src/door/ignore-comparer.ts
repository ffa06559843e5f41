import { WsError } from '@ws/core'
import { freshName } from '../platform/surroundings.ts'
import type { Git } from './git.ts'
import { KeptProcess } from './kept-process.ts'
import type { ObjectId } from './names.ts'

interface Waiter {
  readonly resolve: (differs: boolean) => void
  readonly reject: (error: unknown) => void
  /** What git says before it names what differs. */
  readonly head: string
}

const args = ['diff-tree', '--stdin', '-r', '-z', '--name-only', '--', ':(glob)**/.gitignore']

/**
 * Tells whether two trees ignore different files, through one kept-open `diff-tree`. That one repeats at once,
 * and with everything before it, what is no object id: a word that nobody can guess ends each answer.
 */
export class IgnoreComparer implements AsyncDisposable {
  readonly #process: KeptProcess
  readonly #end = `end-${freshName()}\n`
  readonly #waiting: Waiter[] = []
  #rest = ''

  constructor(git: Git) {
    this.#process = new KeptProcess(git, args, {
      env: { GIT_LITERAL_PATHSPECS: '0' },
      onData: (chunk) => this.#take(chunk),
      onEnd: () => {
        this.#rest = ''
        for (const { reject } of this.#waiting.splice(0))
          reject(new WsError('WS_GIT_READER_ENDED', 'git diff-tree ended while two trees were compared'))
      },
    })
  }

  /** Both are trees. @throws `WS_GIT_OBJECT_MISSING` */
  differ(before: ObjectId, after: ObjectId): Promise<boolean> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject, head: `${before} ${after}` })
      this.#process.ask(`${before} ${after}\n${this.#end.trimEnd()}`)
    })
  }

  close(): Promise<void> {
    return this.#process.close()
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  #take(chunk: Buffer): void {
    const answers = (this.#rest + chunk.toString('latin1')).split(this.#end)
    this.#rest = answers.pop() ?? ''
    for (const answer of answers) {
      const waiter = this.#waiting.shift()
      if (waiter === undefined) continue
      const { head, resolve, reject } = waiter
      // A line end follows the two, and then every name.
      if (answer.startsWith(head)) resolve(answer.length > head.length + 1)
      // It says nothing of what it cannot read.
      else
        reject(
          new WsError('WS_GIT_OBJECT_MISSING', `the trees ${head} cannot be compared`, {
            hint: 'a partial or damaged clone: run "git fsck", or fetch without a filter',
          }),
        )
    }
    if (this.#waiting.length === 0) this.#process.rest()
  }
}
