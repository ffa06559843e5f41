import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { nodeProgram } from './node-program.ts'
import type { RunnerMessage } from './runner-message.ts'
import { runner } from './runner.ts'
import { ScriptedProcess } from './scripted-process.ts'

/** A real command-line program that a test drives step by step. */
export interface ScriptedTool {
  /** The program to start, with `args` and `env` added. */
  readonly command: string
  readonly args: readonly string[]
  readonly env: Readonly<Record<string, string>>
  /** The next process of it that was started, in the order in which they came up. */
  next(): Promise<ScriptedProcess>
  /** What was started through it, children included, and lives now. */
  survivors(): readonly number[]
  /** Ends whatever is still running and removes the socket. */
  close(): Promise<void>
  [Symbol.asyncDispose](): Promise<void>
}

/**
 * Opens the socket that the tool's processes connect to. Whoever is under test starts `command`; the test takes
 * each process with `next()` and says what it does, so that every interleaving is exact and nothing sleeps.
 *
 * @example
 * const tool = await startScriptedTool()
 * const child = spawn(tool.command, tool.args, { env: tool.env })
 * const running = await tool.next()
 * await running.write('half a line')
 * await running.exit(3)
 * await tool.close()
 */
export async function startScriptedTool(): Promise<ScriptedTool> {
  const home = await mkdtemp(join(tmpdir(), 'ws-test-scripted-'))
  const path =
    process.platform === 'win32' ? `\\\\.\\pipe\\ws-scripted-${randomUUID()}` : join(home, 'socket')
  const processes: ScriptedProcess[] = []
  const unclaimed: ScriptedProcess[] = []
  const waiters: ((process: ScriptedProcess) => void)[] = []
  const sockets = new Set<Socket>()

  const admit = (process: ScriptedProcess): void => {
    processes.push(process)
    const waiter = waiters.shift()
    if (waiter === undefined) unclaimed.push(process)
    else waiter(process)
  }
  const server = createServer((socket) => {
    sockets.add(socket)
    // A process that was killed resets its connection; `ended` tells it.
    socket.on('error', () => {}).on('close', () => sockets.delete(socket))
    listen(socket, admit)
  })
  server.listen(path)
  await once(server, 'listening')

  const survivors = () => processes.flatMap((process) => process.survivors())
  const close = async (): Promise<void> => {
    for (const process of processes) process.destroy()
    for (const socket of sockets) socket.destroy()
    // The kernel ends what was killed in its own time, which is short.
    while (survivors().length > 0) await nextTurn()
    if (server.listening) await new Promise((resolve) => server.close(resolve))
    await rm(home, { recursive: true, force: true })
  }
  return {
    command: process.execPath,
    args: nodeProgram(runner),
    env: { WS_SCRIPTED_TOOL: path },
    next: () => {
      const process = unclaimed.shift()
      if (process !== undefined) return Promise.resolve(process)
      return new Promise((resolve) => waiters.push(resolve))
    },
    survivors,
    close,
    [Symbol.asyncDispose]: close,
  }
}

function listen(socket: Socket, admit: (process: ScriptedProcess) => void): void {
  let process: ScriptedProcess | undefined
  let received = ''
  socket.setEncoding('utf8').on('data', (text) => {
    const lines = (received + String(text)).split('\n')
    received = lines.pop() ?? ''
    for (const line of lines) {
      const message = JSON.parse(line) as RunnerMessage
      if (message.is === 'started') admit((process = new ScriptedProcess(socket, message.start)))
      else process?.hear(message)
    }
  })
}
