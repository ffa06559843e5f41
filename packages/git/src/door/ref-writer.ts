import { keeperVariable, keptWritersAtWork } from '../platform/kept-writers.ts'
import { ownIdentity } from '../platform/processes.ts'
import type { ProgramEnd } from '../platform/run-program.ts'
import { wakeAfter } from '../platform/timers.ts'
import { type GitCall, gitFailed } from './git-error.ts'
import type { Git } from './git.ts'
import { type KeptEnd, KeptProcess } from './kept-process.ts'

interface Waiter {
  readonly answer: string
  readonly resolve: (end: KeptEnd | undefined) => void
}

/** One message for all of its reflogs: for what says by itself why it is there, such as a commit of ours. */
export const plainReason = 'ws'

const args = ['update-ref', '--no-deref', '--create-reflog', '-m', plainReason, '--stdin']
const answerMs = 120_000
// Git asks for the time once: the reflogs of a kept one say when it made its first entry.
const longestLifeMs = 60_000

/**
 * Carries out reference transactions through one kept-open `update-ref`, each prepared first and then committed.
 * Whoever asks holds the repository lock. It never waits for a lock file: what it refuses is for a git of its own,
 * which waits, and says what is in the way.
 */
export class RefWriter implements AsyncDisposable {
  readonly #git: Git
  readonly #process: KeptProcess
  readonly #call: GitCall
  #waiter: Waiter | undefined
  #rest = ''
  #startedAt: number | undefined
  #last: Promise<unknown> = Promise.resolve()

  constructor(git: Git) {
    this.#git = git.at({ config: { 'core.filesRefLockTimeout': '0', 'core.packedRefsTimeout': '0' } })
    this.#call = { args, cwd: git.place.cwd, gitDir: git.place.gitDir }
    this.#process = new KeptProcess(this.#git, args, {
      env: { [keeperVariable]: ownIdentity() },
      onData: (chunk) => this.#take(chunk),
      onEnd: (end) => this.#end(end),
    })
  }

  /**
   * Commands as `update-ref --stdin` reads them, one a line. False if they were refused: then nothing was changed.
   * @throws `WS_GIT_TIMEOUT`, and what became of a transaction that ended otherwise than it should
   */
  write(commands: readonly string[]): Promise<boolean> {
    const turn = this.#last.then(() => this.#transact(commands))
    this.#last = turn.catch(() => {})
    return turn
  }

  async close(): Promise<void> {
    await this.#last
    await this.#process.close()
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  async #transact(commands: readonly string[]): Promise<boolean> {
    const now = this.#git.program.clock.monotonic()
    if (this.#startedAt !== undefined && now - this.#startedAt > longestLifeMs) await this.#process.close()
    this.#startedAt ??= now
    keptWritersAtWork.add(this)
    const refused = await this.#ask(['start', ...commands, 'prepare'], 'prepare: ok')
    if (refused?.cause !== undefined) throw gitFailed(this.#call, refused)
    if (refused !== undefined) return false
    const failed = await this.#ask(['commit'], 'commit: ok')
    if (failed === undefined) return true
    // Nobody knows how far it came.
    throw gitFailed(this.#call, failed)
  }

  /** Answers how it ended where it did not say what was to be said. */
  async #ask(lines: readonly string[], answer: string): Promise<ProgramEnd | undefined> {
    let cause: ProgramEnd['cause']
    const end = await new Promise<KeptEnd | undefined>((resolve) => {
      const cancel = wakeAfter(this.#git.program.clock, answerMs, () => {
        cause = 'timed-out'
        this.#process.stop()
      })
      this.#waiter = {
        answer,
        resolve: (ended) => {
          cancel()
          resolve(ended)
        },
      }
      this.#process.ask(lines.join('\n'))
    })
    return end === undefined ? undefined : { ...end, cause, stdout: Buffer.alloc(0) }
  }

  #take(chunk: Buffer): void {
    const lines = (this.#rest + chunk.toString('latin1')).split('\n')
    this.#rest = lines.pop() ?? ''
    if (this.#waiter === undefined || !lines.includes(this.#waiter.answer)) return
    if (this.#waiter.answer === 'commit: ok') {
      keptWritersAtWork.delete(this)
      this.#process.rest()
    }
    this.#answer(undefined)
  }

  #end(end: KeptEnd): void {
    this.#rest = ''
    this.#startedAt = undefined
    keptWritersAtWork.delete(this)
    this.#answer(end)
  }

  #answer(end: KeptEnd | undefined): void {
    const waiter = this.#waiter
    this.#waiter = undefined
    waiter?.resolve(end)
  }
}
