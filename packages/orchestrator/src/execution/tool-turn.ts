import {
  type AttemptOutput,
  type AttemptWork,
  type Claim,
  type Clock,
  type Execution,
  type ExecutionContext,
  type Job,
  matchesClaim,
  noUsage,
  type Usage,
} from '@ws/core'
import type { ClusterManager } from '@ws/pool'
import type { PermissionAnswer, PermissionAsk, TurnEvent, TurnUsage } from '@ws/tools'
import { isAbsolute, relative } from 'node:path'
import type { Transcript } from './transcript.ts'

/** An attempt of a tool. */
export type ToolWork = AttemptWork & { readonly job: Extract<Job, { kind: 'tool' }> }

/** What a turn is done with. */
export interface ToolTurn {
  readonly work: ToolWork
  readonly context: ExecutionContext
  readonly clock: Clock
  /** Why it runs as it does. */
  readonly because: string
  /** The conversation that it goes on with. */
  readonly session?: string
  /** Where what is said is written down. */
  readonly transcript?: Transcript
}

/** Does an attempt as one turn of a tool, and tells what it says and uses. */
export async function takeTurn(cluster: ClusterManager, turn: ToolTurn): Promise<Execution> {
  const prompt = promptOf(turn.work, turn.session)
  turn.transcript?.asked(prompt, turn.because)
  const execution = await prompted(cluster, prompt, turn)
  turn.transcript?.ended(execution)
  return execution
}

async function prompted(
  cluster: ClusterManager,
  prompt: string,
  { work, context, clock, because, session, transcript }: ToolTurn,
): Promise<Execution> {
  const { cwd, timeoutMs, claims } = work
  const startedAt = clock.monotonic()
  const elapsedMs = () => clock.monotonic() - startedAt
  let hasSpoken = false
  let seen: TurnUsage | undefined
  const settled = await cluster.promptSettled(prompt, {
    signal: context.signal,
    timeoutMs,
    queueTimeoutMs: timeoutMs,
    cwd,
    decide: (ask) => decide(ask, cwd, claims),
    onEvent: (event) => {
      hasSpoken ||= event.type === 'text'
      if (event.type === 'usage') seen = event.usage
      transcript?.heard(event)
      tell(event, context, elapsedMs)
    },
    ...(session === undefined ? {} : { session }),
  })
  // Some tools say everything at the end.
  if (!hasSpoken && settled.turn !== undefined) {
    context.onOutput({ stream: 'out', text: `${settled.turn.text}\n` })
    transcript?.heard({ type: 'text', text: settled.turn.text })
  }
  // Of a turn that went down with its process: what it was seen to use.
  const used = settled.turn?.usage ?? seen
  const facts = {
    usage: used === undefined ? { ...noUsage, durationMs: elapsedMs() } : toUsage(used, elapsedMs()),
    text: settled.turn?.text ?? '',
    because,
  }
  if (settled.isDone) return { kind: 'completed', ...facts }
  if (context.signal.aborted) return { kind: 'interrupted', ...facts }
  return { kind: 'failed', failure: settled.failure, ...facts }
}

/** The prompt with the files that the task names, and why the attempt before failed. */
function promptOf({ job, files, lastFailure }: ToolWork, session: string | undefined): string {
  const parts = [job.prompt]
  if (files.length > 0) parts.push(`Files:\n${files.map((file) => `- ${file}`).join('\n')}`)
  if (lastFailure !== undefined) {
    parts.push(`An earlier attempt failed:\n${lastFailure}`)
    // Who remembers what it wrote would look for it.
    if (session !== undefined) parts.push('The directory is as it was before that attempt.')
  }
  return parts.join('\n\n')
}

/** A write outside the claims is refused before it happens, where the tool asks at all. */
function decide(ask: PermissionAsk, cwd: string, claims: readonly Claim[]): PermissionAnswer {
  if (ask.kind !== 'write') return { isAllowed: true }
  const outside = ask.paths
    .map((path) => (isAbsolute(path) ? relative(cwd, path) : path))
    .filter((path) => path.startsWith('..') || !claims.some((claim) => matchesClaim(claim, path)))
  if (outside.length === 0) return { isAllowed: true }
  return { isAllowed: false, because: `${outside.join(', ')} is not claimed by this workstream` }
}

function tell(event: TurnEvent, context: ExecutionContext, elapsedMs: () => number): void {
  const say = (stream: AttemptOutput['stream'], text: string) => context.onOutput({ stream, text })
  if (event.type === 'text') say('out', event.text)
  else if (event.type === 'noise') say('err', `${event.text}\n`)
  else if (event.type === 'usage') context.onUsage(toUsage(event.usage, elapsedMs()))
  else if (event.type === 'tool')
    say('note', `${event.name} ${event.status}${(event.paths ?? []).map((path) => ` ${path}`).join('')}\n`)
  else if (event.type === 'retrying') say('note', `trying again (${event.attempt}): ${event.detail}\n`)
}

function toUsage({ inputTokens, outputTokens, costUsd = 0 }: TurnUsage, durationMs: number): Usage {
  return { costUsd, tokens: inputTokens + outputTokens, durationMs }
}
