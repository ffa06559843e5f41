import { spawn } from 'node:child_process'
import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import type { Clock } from '@ws/core'
import { endMarked, markerName } from './marked-processes.ts'

/** What a command is given, and what bounds it. */
export interface CommandOptions {
  readonly cwd: string
  readonly env: Readonly<Record<string, string | undefined>>
  readonly clock: Clock
  /** Everything that it says goes here, as it comes. */
  readonly logFile: string
  readonly timeoutMs: number
  readonly signal: AbortSignal
  /** @default 100000000: who says more is in a loop */
  readonly maxLogBytes?: number
  /** What its processes carry, so that none is left; of two at a time never the same. @default `cwd` */
  readonly mark?: string
}

/** How a command ended. */
export type CommandEnd =
  | { readonly kind: 'exited'; readonly exitCode: number; readonly tail: string }
  | { readonly kind: 'signalled'; readonly signal: string; readonly tail: string }
  | { readonly kind: 'timed-out' | 'aborted' | 'too-much-output'; readonly tail: string }
  | { readonly kind: 'not-started'; readonly detail: string }

/** Between asking a command to end and ending it. */
const graceMs = 2_000
const lookMs = 500
const tailBytes = 4_000

/**
 * Runs a command and waits for it. It writes into the log file itself: no pipe can fill, nothing said is lost when
 * this process ends, and a child that it leaves behind holds nothing open. Its whole group ends with it, asked
 * first; then whatever else carries its mark. The first cause of an early end wins.
 */
export function runCommand(
  command: string | readonly string[],
  options: CommandOptions,
): Promise<CommandEnd> {
  const { clock, signal, mark = options.cwd } = options
  if (signal.aborted) return Promise.resolve({ kind: 'aborted', tail: '' })
  const log = openSync(options.logFile, 'a+')
  const [program, args] = toArguments(command)
  return new Promise((resolve) => {
    const child = spawn(program, args, {
      cwd: options.cwd,
      env: { ...options.env, [markerName]: mark },
      stdio: ['ignore', log, log],
      windowsHide: true,
      detached: process.platform !== 'win32',
    })
    const startedAt = clock.monotonic()
    let cause: 'timed-out' | 'aborted' | 'too-much-output' | undefined
    let cancelWake = () => {}
    const stop = (why: NonNullable<typeof cause>) => {
      if (cause !== undefined) return
      cause = why
      cancelWake()
      endGroup(child.pid, 'SIGTERM')
      cancelWake = clock.wakeAt(clock.now() + graceMs, () => endGroup(child.pid, 'SIGKILL'))
    }
    const onAbort = () => stop('aborted')
    // The clock wakes by wall time, which may jump: what has really passed is asked.
    const look = () => {
      if (clock.monotonic() - startedAt >= options.timeoutMs) return stop('timed-out')
      if (fstatSync(log).size > (options.maxLogBytes ?? 100_000_000)) return stop('too-much-output')
      const restMs = options.timeoutMs - (clock.monotonic() - startedAt)
      cancelWake = clock.wakeAt(clock.now() + Math.max(1, Math.min(lookMs, restMs)), look)
    }
    const settle = (end: (tail: string) => CommandEnd) => {
      cancelWake()
      signal.removeEventListener('abort', onAbort)
      const tail = readTail(log)
      closeSync(log)
      resolve(end(tail))
    }
    signal.addEventListener('abort', onAbort, { once: true })
    look()
    child.once('error', (error) => {
      if (child.pid === undefined) settle(() => ({ kind: 'not-started', detail: error.message }))
    })
    child.once('exit', (exitCode, endSignal) => {
      endGroup(child.pid, 'SIGKILL')
      endMarked(mark)
      settle((tail) => {
        if (cause !== undefined) return { kind: cause, tail }
        if (endSignal !== null) return { kind: 'signalled', signal: endSignal, tail }
        return { kind: 'exited', exitCode: exitCode ?? -1, tail }
      })
    })
  })
}

/** A line is the user's own, for the one shell there is; a list meets none. */
function toArguments(
  command: string | readonly string[],
): readonly [program: string, args: readonly string[]] {
  if (typeof command !== 'string') return [command[0] ?? '', command.slice(1)]
  return process.platform === 'win32'
    ? ['cmd.exe', ['/d', '/s', '/c', command]]
    : ['/bin/sh', ['-c', command]]
}

function endGroup(pid: number | undefined, signal: 'SIGTERM' | 'SIGKILL'): void {
  if (pid === undefined) return
  try {
    process.kill(process.platform === 'win32' ? pid : -pid, signal)
  } catch {
    // Nobody is left in it.
  }
}

/** The end of the log, without what a terminal would obey. */
function readTail(log: number): string {
  const { size } = fstatSync(log)
  const bytes = Buffer.alloc(Math.min(size, tailBytes))
  readSync(log, bytes, 0, bytes.length, size - bytes.length)
  return bytes
    .toString('utf8')
    .replaceAll(/\p{Cc}\[[0-?]*[ -/]*[@-~]/gu, '')
    .replaceAll(/(?![\n\t])\p{Cc}/gu, '')
}
