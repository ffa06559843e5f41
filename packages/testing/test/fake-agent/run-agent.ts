import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process'
import type { FakeAgent } from '../../src/fake-agent/fake-agent.ts'

/** A fake agent that a test has started by itself, with nothing but `node:child_process`. */
export class StartedAgent {
  readonly child: ChildProcessWithoutNullStreams
  readonly ended: Promise<{ readonly exitCode: number | null; readonly signal: string | null }>
  readonly #chunks: { readonly out: Buffer[]; readonly err: Buffer[] } = { out: [], err: [] }
  #wake: () => void = () => {}

  constructor(
    agent: FakeAgent,
    { args = [], cwd }: { readonly args?: readonly string[]; readonly cwd: string },
  ) {
    this.child = spawn(agent.command, [...agent.args, ...args], {
      cwd,
      env: { ...process.env, ...agent.env },
    })
    this.child.stdout.on('data', (chunk: Buffer) => (this.#chunks.out.push(chunk), this.#wake()))
    this.child.stderr.on('data', (chunk: Buffer) => (this.#chunks.err.push(chunk), this.#wake()))
    // It may end before it has read everything.
    this.child.stdin.on('error', () => {})
    this.ended = new Promise((resolve) => {
      this.child.once('close', (exitCode, signal) => (resolve({ exitCode, signal }), this.#wake()))
    })
  }

  bytes(stream: 'out' | 'err' = 'out'): Buffer {
    return Buffer.concat(this.#chunks[stream])
  }

  text(stream: 'out' | 'err' = 'out'): string {
    return this.bytes(stream).toString()
  }

  /** The messages that were said in whole lines. */
  messages(): readonly Message[] {
    return this.text()
      .split('\n')
      .slice(0, -1)
      .map((line): Message => JSON.parse(line))
  }

  send(...messages: readonly object[]): void {
    for (const message of messages) this.child.stdin.write(`${JSON.stringify(message)}\n`)
  }

  /** Resolves when what was said so far is enough, or nothing more can come. */
  async until(isEnough: () => boolean): Promise<void> {
    while (!isEnough() && this.child.exitCode === null && this.child.signalCode === null)
      await new Promise<void>((resolve) => (this.#wake = resolve))
  }
}

/** A message of any format. */
export type Message = { readonly [key: string]: unknown }
