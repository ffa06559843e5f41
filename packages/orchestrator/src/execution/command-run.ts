import { StringDecoder } from 'node:string_decoder'
import type { AttemptOutput, AttemptWork, Clock, Command, Execution, ExecutionContext } from '@ws/core'
import { noUsage } from '@ws/core'
import { type ProcessLedger, runCommand } from '@ws/pool'

/** What commands run with. */
export interface CommandSurroundings {
  readonly clock: Clock
  /** What the command inherits. */
  readonly env: NodeJS.ProcessEnv
  readonly ledger: ProcessLedger
}

/** Of the output, what a person or the next attempt is shown. */
const tailLength = 4_000

/** Runs a plain command to its end, with its time and its output bounded, and leaves nothing of it behind. */
export async function executeCommand(
  run: Command,
  work: AttemptWork,
  context: ExecutionContext,
  { clock, env, ledger }: CommandSurroundings,
): Promise<Execution> {
  const startedAt = clock.monotonic()
  let tail = ''
  const listen = (stream: AttemptOutput['stream']) => {
    const decoder = new StringDecoder('utf8')
    return (chunk: Uint8Array) => {
      const text = decoder.write(Buffer.from(chunk))
      tail = (tail + text).slice(-tailLength)
      context.onOutput({ stream, text })
    }
  }
  const end = await runCommand(run, {
    cwd: work.cwd,
    env: { ...env, ...work.env },
    clock,
    ledger,
    timeoutMs: work.timeoutMs,
    signal: context.signal,
    onOutput: listen('out'),
    onError: listen('err'),
    ...(work.maxOutputBytes === undefined ? {} : { maxOutputBytes: work.maxOutputBytes }),
  })
  const facts = { usage: { ...noUsage, durationMs: clock.monotonic() - startedAt }, text: tail }
  switch (end.because) {
    case 'exited':
      if (end.exitCode === 0) return { kind: 'completed', ...facts }
      return end.signal === null
        ? { kind: 'failed', failure: { reason: 'exited', exitCode: end.exitCode ?? -1, tail }, ...facts }
        : { kind: 'failed', failure: { reason: 'signalled', signal: end.signal, tail }, ...facts }
    case 'timed-out':
      return {
        kind: 'failed',
        failure: { reason: 'timed-out', afterMs: work.timeoutMs, limit: 'run' },
        ...facts,
      }
    case 'too-much-output':
      return { kind: 'failed', failure: { reason: 'crashed', detail: 'it wrote more than it may' }, ...facts }
    case 'aborted':
      return { kind: 'interrupted', ...facts }
  }
}
