import { createWriteStream } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { dirname } from 'node:path'
import { finished } from 'node:stream/promises'
import type { Clock, Failure } from '@ws/core'
import { runProgram } from '../platform/run-program.ts'
import { shellArguments } from '../platform/shell.ts'

/** Where and how long set-up commands run. */
export interface RunCommandsOptions {
  readonly cwd: string
  readonly env: NodeJS.ProcessEnv
  readonly clock: Clock
  /** Everything the commands say goes here. */
  readonly logFile: string
  /** For each command. @default 600000 */
  readonly timeoutMs?: number
  readonly signal?: AbortSignal
}

/** How a list of commands ended: `failure` is that of the first that failed; those behind it did not run. */
export interface CommandsResult {
  readonly ran: readonly string[]
  readonly failure: Failure | undefined
  readonly durationMs: number
}

// A set-up that says more than this is in a loop.
const maxLogBytes = 100_000_000

/**
 * Runs `setup` or `teardown` lines one after another until one fails. They are the user's own shell lines;
 * nothing of ours is ever put into them: names and ports come by the environment.
 */
export async function runCommands(
  commands: readonly string[],
  options: RunCommandsOptions,
): Promise<CommandsResult> {
  await mkdir(dirname(options.logFile), { recursive: true })
  const log = createWriteStream(options.logFile, { flags: 'a' })
  const startedAt = options.clock.monotonic()
  const ran: string[] = []
  let failure: Failure | undefined
  try {
    for (const command of commands) {
      log.write(`$ ${command}\n`)
      ran.push(command)
      failure = await runOne(command, options, (chunk) => log.write(chunk))
      if (failure !== undefined) break
    }
  } finally {
    log.end()
    await finished(log)
  }
  return { ran, failure, durationMs: options.clock.monotonic() - startedAt }
}

async function runOne(
  command: string,
  options: RunCommandsOptions,
  write: (chunk: Buffer) => void,
): Promise<Failure | undefined> {
  const timeoutMs = options.timeoutMs ?? 600_000
  const [program, args] = shellArguments(command)
  const end = await runProgram(program, args, {
    cwd: options.cwd,
    env: options.env,
    clock: options.clock,
    timeoutMs,
    maxOutputBytes: maxLogBytes,
    onOutput: write,
    ...(options.signal === undefined ? {} : { signal: options.signal }),
  })
  const tail = end.stderr.slice(-2_000)
  if (end.cause === 'timed-out') return { reason: 'timed-out', afterMs: timeoutMs, limit: 'run' }
  if (end.cause === 'aborted') return { reason: 'interrupted', by: 'cancelled' }
  if (end.cause === 'too-much-output')
    return { reason: 'crashed', detail: `it wrote more than ${maxLogBytes} bytes` }
  if (end.signal !== undefined) return { reason: 'signalled', signal: end.signal, tail }
  return end.exitCode === 0 ? undefined : { reason: 'exited', exitCode: end.exitCode ?? -1, tail }
}
