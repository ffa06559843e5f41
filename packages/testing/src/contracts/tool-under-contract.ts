import { spawn } from 'node:child_process'
import type { Failure } from '@ws/core'

/** How a running program ended. */
export interface ContractExit {
  readonly exitCode: number | null
  readonly signal: string | null
  readonly errorTail: string
}

/** A running program, as an adapter sees it: the `Wire` of `@ws/tools`. */
export interface ContractWire {
  readonly output: AsyncIterable<Uint8Array>
  write(bytes: string | Uint8Array): Promise<void>
  end(): void
  readonly exited: Promise<ContractExit>
}

/** What is asked of a process that is to be started. */
export interface ContractLaunchRequest {
  readonly mode: 'one-shot' | 'long-running'
  readonly cwd: string
  readonly permission: 'edit'
}

/** How a turn ended. */
export interface ContractTurnEnd {
  readonly outcome: 'completed' | 'failed' | 'interrupted' | 'lost'
  readonly text: string
  readonly usage: { readonly inputTokens: number; readonly outputTokens: number }
}

/** One conversation. */
export interface ContractSession {
  prompt(text: string): Promise<ContractTurnEnd>
  interrupt(): void
  reset(): Promise<boolean>
  close(): Promise<void>
}

/** A conversation with one process. */
export interface ContractConnection {
  readonly ready: Promise<{ readonly isReady: true } | { readonly isReady: false; readonly failure: Failure }>
  openSession(options: {
    readonly cwd: string
  }): Promise<
    | { readonly isOpen: true; readonly session: ContractSession }
    | { readonly isOpen: false; readonly failure: Failure }
  >
  close(): void
}

/** The part of the `ToolAdapter` of `@ws/tools` that its contract looks at. */
export interface ContractAdapter {
  readonly tool: string
  readonly traits: {
    readonly modes: readonly ('one-shot' | 'long-running')[]
    readonly resets: boolean
  }
  launch(request: ContractLaunchRequest): {
    readonly commands: readonly string[]
    readonly args: readonly string[]
    readonly env: Readonly<Record<string, string>>
    readonly passEnv: readonly string[]
  }
  connect(wire: ContractWire, request: ContractLaunchRequest): ContractConnection
}

/** A program that stands for the tool: started with the arguments of the adapter behind its own, and no other environment. */
export interface ContractProgram {
  readonly command: string
  readonly args: readonly string[]
  readonly env: Readonly<Record<string, string>>
}

/** A program that was started as an adapter says. */
interface StartedProgram {
  readonly wire: ContractWire
  kill(): void
}

/** Starts a program in a directory, and hands its streams to an adapter. */
export function startProgram(
  { command, args, env }: ContractProgram,
  launch: { readonly args: readonly string[]; readonly env: Readonly<Record<string, string>> },
  cwd: string,
): StartedProgram {
  const child = spawn(command, [...args, ...launch.args], {
    cwd,
    env: { ...env, ...launch.env },
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  let errorTail = ''
  child.stderr
    .setEncoding('utf8')
    .on('data', (text: string) => (errorTail = (errorTail + text).slice(-4_000)))
  // A program that is gone takes nothing more; its end is told.
  child.stdin.on('error', () => {})
  const exited = new Promise<ContractExit>((resolve) => {
    child.on('error', () => resolve({ exitCode: null, signal: null, errorTail }))
    child.on('close', (exitCode, signal) => resolve({ exitCode, signal, errorTail }))
  })
  const wire: ContractWire = {
    output: child.stdout,
    exited,
    write: (bytes) => new Promise((resolve) => child.stdin.write(bytes, () => resolve())),
    end: () => void child.stdin.end(),
  }
  return { wire, kill: () => void child.kill('SIGKILL') }
}
