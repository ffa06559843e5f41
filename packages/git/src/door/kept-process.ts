import { type ChildProcessByStdio, spawn } from 'node:child_process'
import type { Readable, Writable } from 'node:stream'
import type { Git } from './git.ts'

type Child = ChildProcessByStdio<Writable, Readable, null>

export interface KeptProcessOptions {
  /** Further variables. */
  readonly env?: Readonly<Record<string, string>>
  readonly onData: (chunk: Buffer) => void
  /** It ended, expected or not: nothing more will come. */
  readonly onEnd: () => void
}

/**
 * A git that is kept open and asked line by line. Starts with the first line, and again after an unexpected end.
 * While nobody waits for an answer it does not keep this process alive.
 */
export class KeptProcess {
  readonly #git: Git
  readonly #args: readonly string[]
  readonly #options: KeptProcessOptions
  #child: Child | undefined
  #ended: Promise<void> = Promise.resolve()

  constructor(git: Git, args: readonly string[], options: KeptProcessOptions) {
    this.#git = git
    this.#args = args
    this.#options = options
  }

  ask(line: string): void {
    const child = (this.#child ??= this.#start())
    child.ref()
    toSocket(child.stdout)?.ref()
    child.stdin.write(`${line}\n`)
  }

  /** Nobody waits any more. */
  rest(): void {
    this.#child?.unref()
    toSocket(this.#child?.stdout)?.unref()
  }

  /** Lets it answer what was asked, and end. */
  async close(): Promise<void> {
    this.#child?.ref()
    toSocket(this.#child?.stdout)?.ref()
    this.#child?.stdin.end()
    await this.#ended
  }

  #start(): Child {
    const child = spawn(this.#git.program.path, [...this.#args], {
      cwd: this.#git.place.cwd,
      env: this.#git.environment(this.#options.env),
      stdio: ['pipe', 'pipe', 'ignore'],
      windowsHide: true,
      detached: process.platform !== 'win32',
    })
    toSocket(child.stdin)?.unref()
    this.#ended = new Promise((resolve) => {
      const onEnd = () => {
        if (this.#child === child) this.#child = undefined
        this.#options.onEnd()
        resolve()
      }
      child.once('error', onEnd)
      child.once('close', onEnd)
    })
    child.stdin.on('error', () => {})
    child.stdout.on('data', this.#options.onData)
    return child
  }
}

/** The pipes of a child are sockets, which can be let go of; their declared types do not say so. */
function toSocket(stream: Readable | Writable | undefined): { ref(): void; unref(): void } | undefined {
  if (stream === undefined || !('ref' in stream) || !('unref' in stream)) return undefined
  const { ref, unref } = stream
  if (typeof ref !== 'function' || typeof unref !== 'function') return undefined
  return { ref: () => ref.call(stream), unref: () => unref.call(stream) }
}
