import { type ChildProcess, spawn } from 'node:child_process'
import { type Clock, WsError } from '@ws/core'
import { ownProcesses } from '../platform/own-processes.ts'
import { markVariable, type ProcessRow, type ProcessTable, treeOf } from '../platform/process-table.ts'
import { freshName, ownEnvironment } from '../platform/surroundings.ts'
import { settlesWithin, wakeAfter } from '../platform/timers.ts'
import { endTree } from './end-tree.ts'
import type { ProcessLedger } from './process-ledger.ts'

/** What a command is given, and what bounds it. */
export interface RunCommandOptions {
  readonly cwd: string
  readonly env: Readonly<Record<string, string | undefined>>
  readonly clock: Clock
  readonly timeoutMs: number
  readonly signal?: AbortSignal
  /** Written to its standard input, which is then ended. */
  readonly stdin?: string
  readonly onOutput?: (chunk: Uint8Array) => void
  readonly onError?: (chunk: Uint8Array) => void
  /** More than this on both together ends it. @default no limit */
  readonly maxOutputBytes?: number
  /** Remembers it for the day on which this program is killed. */
  readonly ledger?: ProcessLedger
  /** How long it has after SIGTERM. @default 4000 */
  readonly termMs?: number
  /** @default the processes of this machine */
  readonly processes?: ProcessTable
}

/** How a command ended, and why: by itself, or because it was ended. The first cause is kept. */
export interface CommandEnd {
  readonly because: 'exited' | 'timed-out' | 'too-much-output' | 'aborted'
  readonly exitCode: number | null
  readonly signal: string | null
}

/** How long output is waited for that something keeps open which is not to be found. */
const outputGraceMs = 500

/**
 * Runs a line for a shell, or a program with its arguments, to its end; nothing that it started is left.
 * @throws `WS_TOOL_START` where the system refuses to start it
 */
export async function runCommand(
  command: string | readonly string[],
  options: RunCommandOptions,
): Promise<CommandEnd> {
  const isGivenUp = () => options.signal?.aborted === true
  if (isGivenUp()) return { because: 'aborted', exitCode: null, signal: null }
  const { clock, ledger, processes = ownProcesses(), termMs = 4_000 } = options
  const mark = freshName()
  ledger?.begin(mark)
  const child = await start(command, mark, options)
  const pid = child.pid ?? 0
  ledger?.note(mark, pid)
  let because: CommandEnd['because'] = 'exited'
  let seen: readonly ProcessRow[] = []
  let cancelKill = () => {}
  const end = (why: CommandEnd['because']) => {
    if (because !== 'exited' || hasExited(child)) return
    because = why
    // Whoever left the group and forgot the mark is known by its parent alone, as long as that lives.
    void processes.list().then((rows) => {
      seen = treeOf(rows, pid)
      if (hasExited(child)) return
      void processes.signalGroup(pid, 'SIGTERM')
      cancelKill = wakeAfter(clock, termMs, () => void processes.signalGroup(pid, 'SIGKILL'))
    })
  }
  const onAbort = () => end('aborted')
  options.signal?.addEventListener('abort', onAbort, { once: true })
  // It may have been given up while it was being started.
  if (isGivenUp()) onAbort()
  const cancelTimeout = wakeAfter(clock, options.timeoutMs, () => end('timed-out'))
  const closed = listen(child, options, () => end('too-much-output'))
  const [exitCode, signal] = await exited(child)
  cancelTimeout()
  cancelKill()
  options.signal?.removeEventListener('abort', onAbort)
  const survivors = await endTree({ processes, seen, marks: [mark] })
  if (!(await settlesWithin(closed, clock, outputGraceMs))) {
    child.stdout?.destroy()
    child.stderr?.destroy()
  }
  if (survivors.length === 0) ledger?.end(mark)
  return { because, exitCode, signal }
}

async function start(
  command: string | readonly string[],
  mark: string,
  { cwd, env, stdin, ledger }: RunCommandOptions,
): Promise<ChildProcess> {
  const [program = '', args] = toArguments(command)
  const outer = ownEnvironment()[markVariable]
  const child = spawn(program, args, {
    cwd,
    env: { ...env, [markVariable]: outer === undefined ? mark : `${outer}:${mark}` },
    stdio: ['pipe', 'pipe', 'pipe'],
    windowsHide: true,
    detached: process.platform !== 'win32',
  })
  // Who does not read its input to the end is judged by its exit, not by a broken pipe.
  child.stdin.on('error', () => {})
  child.stdin.end(stdin)
  const refused = await new Promise<Error | undefined>((resolve) => {
    child.once('spawn', () => resolve(undefined)).once('error', resolve)
  })
  if (refused === undefined) return child
  ledger?.end(mark)
  throw new WsError('WS_TOOL_START', `"${program}" could not be started in "${cwd}"`, {
    cause: refused,
    details: { file: program, cwd, reason: refused.message },
    hint: 'see whether the directory is there and the program is installed',
  })
}

/** A line is the user's own, for the one shell there is; a list meets none. */
function toArguments(
  command: string | readonly string[],
): readonly [program: string | undefined, args: readonly string[]] {
  if (typeof command !== 'string') return [command[0], command.slice(1)]
  return process.platform === 'win32'
    ? ['cmd.exe', ['/d', '/s', '/c', command]]
    : ['/bin/sh', ['-c', command]]
}

/** Reads both streams to their end, and says when there was too much. */
function listen(child: ChildProcess, options: RunCommandOptions, onTooMuch: () => void): Promise<unknown> {
  const { maxOutputBytes = Number.POSITIVE_INFINITY, onOutput, onError } = options
  let bytes = 0
  const take = (listener: ((chunk: Uint8Array) => void) | undefined) => (chunk: Uint8Array) => {
    bytes += chunk.length
    if (bytes > maxOutputBytes) onTooMuch()
    else listener?.(chunk)
  }
  child.stdout?.on('data', take(onOutput))
  child.stderr?.on('data', take(onError))
  return Promise.all(
    [child.stdout, child.stderr].map(
      (stream) => new Promise<void>((resolve) => stream?.once('close', () => resolve())),
    ),
  )
}

function exited(child: ChildProcess): Promise<[number | null, string | null]> {
  if (hasExited(child)) return Promise.resolve([child.exitCode, child.signalCode])
  return new Promise((resolve) => child.once('exit', (code, signal) => resolve([code, signal])))
}

function hasExited({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode !== null || signalCode !== null
}
