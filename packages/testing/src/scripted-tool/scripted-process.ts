import type { Socket } from 'node:net'
import { startTime } from '../track-resources.ts'
import type { ChildOptions, RunnerCommand, RunnerMessage, RunnerStart } from './runner-message.ts'

type Answer = string | number | null | undefined

/**
 * One running scripted tool, in the hand of the test: it does what it is told and nothing else. What a process that
 * is gone was told settles all the same.
 */
export class ScriptedProcess {
  readonly pid: number
  /** What came after the program's own arguments. */
  readonly argv: readonly string[]
  readonly cwd: string
  readonly env: Readonly<Record<string, string>>
  /** Resolves when the process is gone. */
  readonly ended: Promise<void>
  readonly #socket: Socket
  readonly #answers = new Map<number, (value: Answer) => void>()
  readonly #signals: NodeJS.Signals[] = []
  readonly #signalWaiters: ((signal: NodeJS.Signals) => void)[] = []
  readonly #started: { readonly pid: number; readonly start: string }[] = []
  #lastId = 0

  /** For `startScriptedTool`. */
  constructor(socket: Socket, start: RunnerStart) {
    this.#socket = socket
    this.pid = start.pid
    this.argv = start.argv
    this.cwd = start.cwd
    this.env = start.env
    this.ended = new Promise((resolve) => socket.once('close', () => resolve()))
    // What it was asked and had not done when it went is not done any more; nobody waits for it.
    void this.ended.then(() => this.#answers.forEach((answer) => answer(undefined)))
    this.#note(start.pid)
  }

  /** Writes exactly these bytes to standard output. */
  async write(bytes: string | Uint8Array): Promise<void> {
    await this.#ask({ do: 'write', to: 'stdout', base64: Buffer.from(bytes).toString('base64') })
  }

  /** Writes exactly these bytes to standard error. */
  async writeError(bytes: string | Uint8Array): Promise<void> {
    await this.#ask({ do: 'write', to: 'stderr', base64: Buffer.from(bytes).toString('base64') })
  }

  /** Takes the next line of standard input; `undefined` at its end. Input is read only while this waits. */
  async readLine(): Promise<string | undefined> {
    const line = await this.#ask({ do: 'read-line' })
    return typeof line === 'string' ? line : undefined
  }

  /** Writes so many bytes; resolves when the other side has taken them. */
  async flood(bytes: number, to: 'stdout' | 'stderr' = 'stdout'): Promise<void> {
    await this.#ask({ do: 'flood', to, bytes })
  }

  /** How many bytes of floods the other side has taken so far. */
  async flooded(): Promise<number> {
    return Number(await this.#ask({ do: 'flooded' }))
  }

  /** Survives this signal from now on; `signalled` tells when it came. */
  async ignore(signal: NodeJS.Signals): Promise<void> {
    await this.#ask({ do: 'ignore', signal })
  }

  /** Resolves with the next signal that came and was ignored. */
  signalled(): Promise<NodeJS.Signals> {
    const signal = this.#signals.shift()
    if (signal !== undefined) return Promise.resolve(signal)
    return new Promise((resolve) => this.#signalWaiters.push(resolve))
  }

  /** Starts a child that sleeps; resolves with its process id once it is as it was asked to be. */
  async spawnChild(options: ChildOptions = {}): Promise<number> {
    const pid = Number(await this.#ask({ do: 'spawn', child: options }))
    this.#note(pid)
    return pid
  }

  /** Closes standard output and goes on. */
  async closeOutput(): Promise<void> {
    await this.#ask({ do: 'close-output' })
  }

  /** Ends with this code; resolves when it is gone. */
  async exit(code = 0): Promise<void> {
    void this.#ask({ do: 'exit', code })
    await this.ended
  }

  /** Dies of this signal; resolves when it is gone. */
  async raise(signal: NodeJS.Signals): Promise<void> {
    void this.#ask({ do: 'raise', signal })
    await this.ended
  }

  /** The processes, itself and its children, that live now. */
  survivors(): readonly number[] {
    return this.#started.filter(({ pid, start }) => isStill(pid, start)).map(({ pid }) => pid)
  }

  /** Ends it, and every child of it, by force. For `startScriptedTool`. */
  destroy(): void {
    for (const pid of this.survivors()) {
      try {
        process.kill(pid, 'SIGKILL')
      } catch {
        // It ended in between.
      }
    }
    this.#socket.destroy()
  }

  /** Takes what the runner says. For `startScriptedTool`. */
  hear(message: RunnerMessage): void {
    if (message.is === 'done') {
      this.#answers.get(message.id)?.(message.value)
      this.#answers.delete(message.id)
    } else if (message.is === 'signalled') {
      const waiter = this.#signalWaiters.shift()
      if (waiter === undefined) this.#signals.push(message.signal)
      else waiter(message.signal)
    }
  }

  #ask(command: RunnerCommand): Promise<Answer> {
    const id = ++this.#lastId
    if (this.#socket.destroyed) return Promise.resolve(undefined)
    return new Promise((resolve) => {
      this.#answers.set(id, resolve)
      this.#socket.write(`${JSON.stringify({ id, command })}\n`)
    })
  }

  #note(pid: number): void {
    this.#started.push({ pid, start: startTime(pid) })
  }
}

function isStill(pid: number, start: string): boolean {
  try {
    process.kill(pid, 0)
  } catch {
    return false
  }
  return startTime(pid) === start
}
