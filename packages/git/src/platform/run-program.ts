// Starts one program and waits for it: bounded output, a time limit, an abort signal, and an end that takes its
// children along. The first cause of an early end wins and is kept.
import { spawn, type ChildProcess } from 'node:child_process'
import type { Clock } from '@ws/core'
import { wakeAfter } from './timers.ts'

export interface ProgramOptions {
  readonly cwd: string
  readonly env: NodeJS.ProcessEnv
  readonly clock: Clock
  readonly stdin?: string | Uint8Array
  readonly signal?: AbortSignal
  readonly timeoutMs: number
  /** More than this on stdout ends the program. */
  readonly maxOutputBytes: number
  /** Gets stdout and stderr as they come; then neither is kept but for the tail of stderr. */
  readonly onOutput?: (chunk: Buffer, stream: 'stdout' | 'stderr') => void
  /** Gets the process id as soon as there is one. */
  readonly onStart?: (pid: number) => void
}

/** How a program ended. `cause` is set when it was ended by us. */
export interface ProgramEnd {
  readonly exitCode: number | undefined
  readonly signal: string | undefined
  readonly stdout: Buffer
  readonly stderr: string
  readonly cause: 'timed-out' | 'too-much-output' | 'aborted' | undefined
}

/** How long what was told to end may take until it is killed. */
const graceMs = 2_000
/** So much of what a program says of its errors is kept. */
export const stderrTailBytes = 16_384

/** Rejects only when the program cannot be started at all. */
export function runProgram(
  program: string,
  args: readonly string[],
  options: ProgramOptions,
): Promise<ProgramEnd> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      cwd: options.cwd,
      env: options.env,
      stdio: ['pipe', 'pipe', 'pipe'],
      windowsHide: true,
      // A group of its own: Ctrl-C in a terminal must not stop git in the middle of a change, and an end reaches
      // what the program started.
      detached: process.platform !== 'win32',
    })
    const stdout: Buffer[] = []
    let stdoutBytes = 0
    let stderr = Buffer.alloc(0)
    let cause: ProgramEnd['cause']
    let cancelKill = () => {}

    const end = (why: NonNullable<ProgramEnd['cause']>) => {
      if (cause !== undefined) return
      cause = why
      cancelKill = endInTime(child, options.clock)
    }
    const onAbort = () => end('aborted')
    const cancelTimeout = wakeAfter(options.clock, options.timeoutMs, () => end('timed-out'))
    const settle = () => {
      cancelTimeout()
      cancelKill()
      options.signal?.removeEventListener('abort', onAbort)
    }

    child.stdout.on('data', (chunk: Buffer) => {
      stdoutBytes += chunk.length
      if (stdoutBytes > options.maxOutputBytes) return end('too-much-output')
      if (options.onOutput) options.onOutput(chunk, 'stdout')
      else stdout.push(chunk)
    })
    child.stderr.on('data', (chunk: Buffer) => {
      options.onOutput?.(chunk, 'stderr')
      stderr = Buffer.concat([stderr, chunk]).subarray(-stderrTailBytes)
    })
    // A program that does not read its input to the end is judged by its exit, not by a broken pipe.
    child.stdin.on('error', () => {})
    child.stdin.end(options.stdin)
    child.once('error', (error) => {
      if (child.pid !== undefined) return
      settle()
      reject(error)
    })
    child.once('spawn', () => {
      if (child.pid !== undefined) options.onStart?.(child.pid)
      if (options.signal?.aborted) onAbort()
      else options.signal?.addEventListener('abort', onAbort, { once: true })
    })
    child.once('close', (exitCode, signal) => {
      settle()
      resolve({
        exitCode: exitCode ?? undefined,
        signal: signal ?? undefined,
        stdout: Buffer.concat(stdout),
        stderr: stderr.toString('utf8'),
        cause,
      })
    })
  })
}

/** Asks a program and whatever it started to end, so that it takes its lock files along; ends it unless that is called off. */
export function endInTime(child: ChildProcess, clock: Clock): () => void {
  endGroup(child, 'SIGTERM')
  return wakeAfter(clock, graceMs, () => endGroup(child, 'SIGKILL'))
}

/** Signals the program and whatever it started in its group. */
function endGroup(child: ChildProcess, signal: 'SIGTERM' | 'SIGKILL'): void {
  if (child.pid === undefined) return
  try {
    if (process.platform === 'win32') child.kill(signal)
    else process.kill(-child.pid, signal)
  } catch {
    // The group is gone already.
  }
}
