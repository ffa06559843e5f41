import { type Clock, isWsError, systemClock } from '@ws/core'
import type { ProbeAnswer, ProbeOptions } from '@ws/tools'
import { ownProcesses } from '../platform/own-processes.ts'
import type { ProcessTable } from '../platform/process-table.ts'
import { ownEnvironment } from '../platform/surroundings.ts'
import { settlesWithin } from '../platform/timers.ts'
import { textCleaner } from '../process/clean-text.ts'
import { resolveLaunch } from '../process/launch.ts'
import { startProcess, type ToolProcess } from '../process/tool-process.ts'

/** What a probe needs of its surroundings. */
export interface ProbePorts {
  /** @default the system's */
  readonly clock?: Clock
  /** @default this machine's */
  readonly processes?: ProcessTable
  /** @default the working directory of this program */
  readonly cwd?: string
  /** The environment of which programs get the allowed part. @default that of this program */
  readonly inheritedEnv?: Readonly<Record<string, string | undefined>>
  /** Names that are passed on beside those that every program gets. @default none */
  readonly passEnv?: readonly string[]
}

/** As much of its output as tells a version. */
const maxOutputBytes = 8_192

/** A program that was told to go has this long. */
const termMs = 500

/**
 * Starts a program without a shell, closes its input and waits for its end; the `Probe` of `@ws/tools`. A program
 * that takes too long is ended, with all that it started.
 */
export async function probeTool(
  argv: readonly string[],
  { timeoutMs, signal }: ProbeOptions,
  ports: ProbePorts = {},
): Promise<ProbeAnswer> {
  const { clock = systemClock() } = ports
  const begun = clock.monotonic()
  const started = await start(argv, clock, ports)
  if (started === undefined) return { answer: 'missing' }
  started.wire.end()
  const output = firstOf(started.wire.output)
  await settlesWithin(goneOrAborted(started, signal), clock, timeoutMs)
  const hasAnswered = started.hasExited
  const responseTimeMs = clock.monotonic() - begun
  const cause = { cause: 'timed-out', limit: 'run', afterMs: timeoutMs } as const
  const { exitCode, errorTail } = await started.end(cause, { endOfInputMs: 0, termMs })
  if (!hasAnswered) return { answer: 'none', responseTimeMs }
  const said = textCleaner([])(await output) + errorTail
  return { answer: 'exited', exitCode, output: said.slice(0, maxOutputBytes), responseTimeMs }
}

/** Undefined where there is no such program, or it cannot be started. */
async function start(
  [command = '', ...args]: readonly string[],
  clock: Clock,
  { processes = ownProcesses(), cwd = process.cwd(), passEnv = [], inheritedEnv }: ProbePorts,
): Promise<ToolProcess | undefined> {
  try {
    const inherited = inheritedEnv ?? ownEnvironment()
    const launch = await resolveLaunch(
      { commands: [command], args, env: {}, passEnv },
      { cwd, inherited, env: {} },
    )
    return await startProcess(launch, { clock, processes, clean: textCleaner(launch.secrets) })
  } catch (error) {
    if (isWsError(error)) return undefined
    throw error
  }
}

function goneOrAborted(started: ToolProcess, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    const settle = () => {
      signal?.removeEventListener('abort', settle)
      resolve()
    }
    void started.gone.then(settle)
    signal?.addEventListener('abort', settle)
    if (signal?.aborted) settle()
  })
}

/** The first of an output, which is read to its end. */
async function firstOf(output: AsyncIterable<Uint8Array>): Promise<string> {
  const kept: Uint8Array[] = []
  let bytes = 0
  for await (const chunk of output) {
    if (bytes < maxOutputBytes) kept.push(chunk)
    bytes += chunk.length
  }
  return Buffer.concat(kept).subarray(0, maxOutputBytes).toString('utf8')
}
