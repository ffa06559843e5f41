import { type ChildProcessByStdio, spawn } from 'node:child_process'
import type { Readable, Writable } from 'node:stream'
import { endInTime, stderrTailBytes } from '../platform/run-program.ts'
import { toSocket } from '../platform/sockets.ts'
import type { Git } from './git.ts'

type Child = ChildProcessByStdio<Writable, Readable, Readable>

/** How a kept process ended. */
export interface KeptEnd {
  readonly exitCode: number | undefined
  readonly signal: string | undefined
  /** The end of what it said on its way. */
  readonly stderr: string
}

export interface KeptProcessOptions {
  /** Further variables. */
  readonly env?: Readonly<Record<string, string>>
  readonly onData: (chunk: Buffer) => void
  /** It ended, expected or not: nothing more will come. */
  readonly onEnd: (end: KeptEnd) => void
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
    hold(child)
    child.stdin.write(`${line}\n`)
  }

  /** Nobody waits any more. */
  rest(): void {
    if (this.#child === undefined) return
    this.#child.unref()
    for (const stream of [this.#child.stdout, this.#child.stderr]) toSocket(stream)?.unref()
  }

  /** Lets it answer what was asked, and end. */
  async close(): Promise<void> {
    if (this.#child !== undefined) hold(this.#child)
    this.#child?.stdin.end()
    await this.#ended
  }

  /** Ends it in the middle of an answer: asks it first, so that it takes its lock files along. */
  stop(): void {
    const child = this.#child
    if (child === undefined) return
    child.once('close', endInTime(child, this.#git.program.clock))
  }

  #start(): Child {
    const child = spawn(this.#git.program.path, [...this.#args], {
      cwd: this.#git.place.cwd,
      env: this.#git.environment(this.#options.env),
      stdio: ['pipe', 'pipe', 'pipe'],
      windowsHide: true,
      detached: process.platform !== 'win32',
    })
    toSocket(child.stdin)?.unref()
    let stderr = Buffer.alloc(0)
    let isEnded = false
    this.#ended = new Promise((resolve) => {
      const onEnd = (exitCode: number | null, signal: string | null) => {
        // One that cannot be started at all ends twice, and by then there may be another.
        if (isEnded) return
        isEnded = true
        if (this.#child === child) this.#child = undefined
        this.#options.onEnd({
          exitCode: exitCode ?? undefined,
          signal: signal ?? undefined,
          stderr: stderr.toString('utf8'),
        })
        resolve()
      }
      child.once('error', () => onEnd(null, null))
      child.once('close', onEnd)
    })
    child.stdin.on('error', () => {})
    child.stdout.on('data', this.#options.onData)
    child.stderr.on('data', (chunk: Buffer) => {
      stderr = Buffer.concat([stderr, chunk]).subarray(-stderrTailBytes)
    })
    return child
  }
}

/** Somebody waits for an answer: this process must live to hear it. */
function hold(child: Child): void {
  child.ref()
  for (const stream of [child.stdout, child.stderr]) toSocket(stream)?.ref()
}
