import { echoTool } from '@ws/testing'
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { once } from 'node:events'

/**
 * The yardstick: the same program behind two pipes and nothing else. Lines are answered in order. In a session of its
 * own, as the pool starts it, unless told otherwise: Linux schedules sessions as groups, and a program that is asked
 * from another session waits longer for its turn on a busy machine.
 */
export class BarePipe {
  readonly #child: ChildProcessWithoutNullStreams
  readonly #waiting: (() => void)[] = []
  readonly #ready = this.#next()

  constructor({ isDetached = true }: { readonly isDetached?: boolean } = {}) {
    const { commands, args } = echoTool().launch({ mode: 'long-running', cwd: process.cwd() })
    this.#child = spawn(commands[0] ?? '', args, { detached: isDetached })
    this.#child.stderr.resume()
    this.#child.stdout.on('data', (chunk: Buffer) => {
      for (let end = chunk.indexOf(10); end >= 0; end = chunk.indexOf(10, end + 1)) this.#waiting.shift()?.()
    })
  }

  /** Resolves when the program has said that it is there. */
  ready(): Promise<void> {
    return this.#ready
  }

  /** Sends a line and resolves when a line has come back. */
  ask(line: string): Promise<void> {
    const answered = this.#next()
    this.#child.stdin.write(line)
    return answered
  }

  async close(): Promise<void> {
    const closed = once(this.#child, 'close')
    this.#child.stdin.end()
    await closed
  }

  #next(): Promise<void> {
    return new Promise((resolve) => this.#waiting.push(resolve))
  }
}

/** The line that a pool sends for this text. */
export function lineOf(text: string): string {
  return `${JSON.stringify({ prompt: 1, text })}\n`
}

/** The same program spoken with by its protocol, as the pool does, but without the pool. */
export async function barePrompts(): Promise<{
  ask(text: string): Promise<unknown>
  close(): Promise<void>
}> {
  const adapter = echoTool()
  const request = { mode: 'long-running', cwd: process.cwd() } as const
  const { commands, args } = adapter.launch(request)
  const child = spawn(commands[0] ?? '', args, { detached: true })
  child.stderr.resume()
  const closed = once(child, 'close')
  const connection = adapter.connect(
    {
      output: child.stdout,
      write: async (bytes) => void child.stdin.write(bytes),
      end: () => child.stdin.end(),
      exited: closed.then(([exitCode, signal]) => ({ exitCode, signal, errorTail: '' })),
    },
    request,
  )
  await connection.ready
  const answer = await connection.openSession({ cwd: process.cwd() })
  if (!answer.isOpen) throw new Error('the session is not open')
  return {
    ask: (text) => answer.session.prompt(text),
    close: async () => {
      connection.close()
      await closed
    },
  }
}
