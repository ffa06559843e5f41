import { mkdir } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { Clock } from '@ws/core'
import type { ObjectId } from '@ws/git'
import type { CheckOutcome } from '../queue/queue-input.ts'
import type { CheckDefinition, CheckFunction, CheckVerdict } from './check-definition.ts'
import type { CheckoutPool } from './checkout-pool.ts'
import { type CommandEnd, runCommand } from './run-command.ts'

/** One run of one check. */
export interface CheckRun {
  readonly check: CheckDefinition
  readonly commit: ObjectId
  readonly tree: ObjectId
  readonly logFile: string
  readonly signal: AbortSignal
}

/** The command of a check, in a checkout that is ready for it. Plain data: another process may run it. */
export interface CheckCommand {
  /** The name of the check. */
  readonly check: string
  readonly run: string | readonly string[]
  /** Variables that it gets besides those that it inherits. */
  readonly env: Readonly<Record<string, string>>
  readonly timeoutMs: number
  /** The checkout. */
  readonly path: string
  readonly logFile: string
}

/** Runs the command of a check; resolves with nothing where it was aborted. What it throws is a broken environment. */
export type CheckCommandRunner = (
  command: CheckCommand,
  signal: AbortSignal,
) => Promise<CheckOutcome | undefined>

/** Where checks run. */
export interface CheckSurroundings {
  readonly pool: CheckoutPool
  readonly clock: Clock
  /** What commands inherit. */
  readonly env: Readonly<Record<string, string | undefined>>
  /** Runs commands elsewhere. @default in this process's environment */
  readonly onCommand?: CheckCommandRunner | undefined
}

/** What became of a run, or `undefined` when it was aborted and nobody wants to know. */
export async function runCheck(
  run: CheckRun,
  surroundings: CheckSurroundings,
): Promise<CheckOutcome | undefined> {
  const { check, signal } = run
  try {
    const checkout = check.checkout ? await surroundings.pool.take(run.tree, signal) : undefined
    const path = checkout?.path ?? ''
    let busy: Promise<unknown> = Promise.resolve()
    try {
      if (typeof check.run !== 'function') return await callCommand(check.run, run, path, surroundings)
      const call = callFunction(check.run, run, path, surroundings.clock)
      busy = call.busy
      return await call.outcome
    } finally {
      // A function that does not listen to its signal keeps its folder until it is done.
      void busy.catch(() => {}).then(() => checkout?.giveBack())
    }
  } catch (error) {
    if (signal.aborted) return undefined
    return {
      kind: 'infrastructure',
      detail: `${check.name}: ${error instanceof Error ? error.message : String(error)}`,
    }
  }
}

function callCommand(
  run: string | readonly string[],
  { check, logFile, signal }: CheckRun,
  path: string,
  { clock, env, onCommand }: CheckSurroundings,
): Promise<CheckOutcome | undefined> {
  const { name, timeoutMs } = check
  const command = { check: name, run, env: check.env, timeoutMs, path, logFile }
  return onCommand?.(command, signal) ?? runCheckCommand(command, { clock, env, signal })
}

/** Runs the command of a check in an environment, and judges its end. */
export async function runCheckCommand(
  command: CheckCommand,
  { clock, env, signal }: Pick<CheckSurroundings, 'clock' | 'env'> & { readonly signal: AbortSignal },
): Promise<CheckOutcome | undefined> {
  const { logFile, path, timeoutMs } = command
  await mkdir(dirname(logFile), { recursive: true })
  const end = await runCommand(command.run, {
    cwd: path,
    env: { ...env, CI: '1', ...command.env },
    ...{ clock, logFile, timeoutMs, signal },
  })
  return judge(end, { name: command.check, timeoutMs }, logFile)
}

/** A program that is missing, or was ended from outside, says nothing about the candidate. */
function judge(
  end: CommandEnd,
  { name, timeoutMs }: Pick<CheckDefinition, 'name' | 'timeoutMs'>,
  log: string,
): CheckOutcome | undefined {
  switch (end.kind) {
    case 'aborted':
      return undefined
    case 'not-started':
      return { kind: 'infrastructure', detail: `${name} could not be started: ${end.detail}` }
    case 'timed-out':
      return { kind: 'timed-out', afterMs: timeoutMs, log, tail: end.tail }
    case 'too-much-output':
      return { kind: 'failed', detail: 'it said more than a log may hold', log, tail: end.tail }
    case 'signalled':
      return end.signal === 'SIGKILL'
        ? { kind: 'infrastructure', detail: `${name} was killed from outside, as where memory runs out` }
        : { kind: 'failed', detail: `it was ended by ${end.signal}`, log, tail: end.tail }
    case 'exited':
      if (end.exitCode === 0) return { kind: 'passed', log }
      // What a shell says of a program that is not there, or that it may not run.
      if (end.exitCode === 127 || end.exitCode === 126)
        return {
          kind: 'infrastructure',
          detail: `${name}: a program could not be run: ${lastLine(end.tail)}`,
        }
      return { kind: 'failed', detail: `it ended with exit code ${end.exitCode}`, log, tail: end.tail }
  }
}

/** Its time is over, or nobody wants to know, as soon as the signal says so; it may still be busy then. */
function callFunction(
  check: CheckFunction,
  { check: { timeoutMs }, commit, tree, signal }: CheckRun,
  path: string,
  clock: Clock,
): { readonly outcome: Promise<CheckOutcome | undefined>; readonly busy: Promise<unknown> } {
  const stop = new AbortController()
  const onAbort = () => stop.abort(signal.reason)
  signal.addEventListener('abort', onAbort, { once: true })
  if (signal.aborted) onAbort()
  const startedAt = clock.monotonic()
  let cancelTime = () => {}
  // The clock wakes by wall time, which may jump: what has really passed is asked. Timers round.
  const lookAtTime = () => {
    const restMs = timeoutMs - (clock.monotonic() - startedAt)
    if (restMs < 1) stop.abort(new Error('its time is over'))
    else cancelTime = clock.wakeAt(clock.now() + restMs, lookAtTime)
  }
  lookAtTime()
  const stopped = new Promise<'stopped'>((resolve) => {
    if (stop.signal.aborted) resolve('stopped')
    stop.signal.addEventListener('abort', () => resolve('stopped'), { once: true })
  })
  const busy = (async () => check({ commit, tree, path, signal: stop.signal }))()
  const outcome = Promise.race([busy, stopped])
    .then((verdict): CheckOutcome | undefined => {
      if (signal.aborted) return undefined
      return verdict === 'stopped' ? { kind: 'timed-out', afterMs: timeoutMs } : toOutcome(verdict)
    })
    .finally(() => {
      cancelTime()
      signal.removeEventListener('abort', onAbort)
    })
  return { outcome, busy }
}

function toOutcome(verdict: CheckVerdict): CheckOutcome {
  const { passed, detail }: Exclude<CheckVerdict, boolean> =
    typeof verdict === 'boolean' ? { passed: verdict } : verdict
  return passed ? { kind: 'passed' } : { kind: 'failed', detail: detail ?? 'it said no' }
}

function lastLine(text: string): string {
  return text.trim().split('\n').at(-1)?.slice(0, 200) ?? ''
}
