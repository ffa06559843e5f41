import {
  type AttemptOutput,
  type AttemptWork,
  type Claim,
  type Clock,
  type Execution,
  type ExecutionContext,
  type Failure,
  isWsError,
  type Job,
  matchesClaim,
  noUsage,
  type Usage,
} from '@ws/core'
import { type ClusterManager, launchCluster } from '@ws/pool'
import type { PermissionAnswer, PermissionAsk, TurnEvent, TurnUsage } from '@ws/tools'
import { isAbsolute, relative } from 'node:path'
import { programsMissing, type RunTool, type RunTools } from './run-tools.ts'

/** What tools run with. */
export interface ToolRunOptions {
  readonly clock: Clock
  readonly env: NodeJS.ProcessEnv
  readonly ledgerFolder: string
  readonly tools: RunTools
}

/** An attempt of a tool. */
export type ToolWork = AttemptWork & { readonly job: Extract<Job, { kind: 'tool' }> }

/** Runs a tool's attempts: a process of its own for each, which ends with it. */
export class ToolRuns {
  readonly #options: ToolRunOptions
  readonly #going = new Set<Promise<unknown>>()

  constructor(options: ToolRunOptions) {
    this.#options = options
  }

  execute(work: ToolWork, context: ExecutionContext): Promise<Execution> {
    const execution = this.#execute(work, context)
    this.#going.add(execution)
    void execution.finally(() => this.#going.delete(execution)).catch(() => {})
    return execution
  }

  /** Resolves when no attempt goes on; whoever closes has told them to end. */
  async close(): Promise<void> {
    await Promise.allSettled(this.#going)
  }

  async #execute(work: ToolWork, context: ExecutionContext): Promise<Execution> {
    const { clock, env, ledgerFolder, tools } = this.#options
    const { job, cwd, timeoutMs } = work
    const startedAt = clock.monotonic()
    let cluster: ClusterManager
    let tool: RunTool
    try {
      tool = await tools.find(work.runId, job.tool)
      const model = job.model ?? tool.model
      cluster = await launchCluster(tool.adapter, {
        count: 1,
        settings: { ...tool.settings },
        cwd,
        execution: 'one-shot',
        permission: job.mode === 'analyze' || work.claims.length === 0 ? 'read' : 'edit',
        env: { ...work.env },
        inheritedEnv: env,
        turnTimeoutMs: timeoutMs,
        ledger: ledgerFolder,
        clock,
        decide: (ask) => decide(ask, cwd, work.claims),
        ...(model === undefined ? {} : { model }),
      })
    } catch (error) {
      return { kind: 'failed', failure: cannotStart(error), usage: noUsage, text: '' }
    }
    try {
      let hasSpoken = false
      const settled = await cluster.promptSettled(promptOf(work), {
        signal: context.signal,
        timeoutMs,
        onEvent: (event) => {
          hasSpoken ||= event.type === 'text'
          tell(event, context, () => clock.monotonic() - startedAt)
        },
      })
      // Some tools say everything at the end.
      if (!hasSpoken && settled.turn !== undefined)
        context.onOutput({ stream: 'out', text: `${settled.turn.text}\n` })
      const durationMs = clock.monotonic() - startedAt
      const facts = {
        usage:
          settled.turn === undefined ? { ...noUsage, durationMs } : toUsage(settled.turn.usage, durationMs),
        text: settled.turn?.text ?? '',
        because: `${job.tool}, one process for this attempt`,
      }
      if (settled.isDone) return { kind: 'completed', ...facts }
      if (context.signal.aborted) return { kind: 'interrupted', ...facts }
      const missing =
        settled.failure.reason === 'infrastructure'
          ? programsMissing(tool, { cwd, env: { ...env, ...work.env } })
          : undefined
      return {
        kind: 'failed',
        failure: missing === undefined ? settled.failure : notThere(missing),
        ...facts,
      }
    } finally {
      await cluster.close({ force: context.signal.aborted })
    }
  }
}

/** Waiting does not install a program; another tool may do. */
function notThere(programs: readonly string[]): Failure {
  const names = programs.map((name) => JSON.stringify(name)).join(' or ')
  return { reason: 'refused', detail: `no program ${names} was found: install it, or put its folder on PATH` }
}

/** A program that is not there, or an entry that cannot be used: waiting mends neither, another tool may do. */
function cannotStart(error: unknown): Failure {
  if (!isWsError(error)) throw error
  const isHopeless = ['WS_TOOL_MISSING', 'WS_TOOL_UNKNOWN', 'WS_TOOL_SETTINGS', 'WS_OPTION_RANGE'].includes(
    error.code,
  )
  if (!isHopeless) return { reason: 'crashed', detail: `${error.code}: ${error.message}` }
  const hint = error.hint === undefined ? '' : ` (${error.hint})`
  return { reason: 'refused', detail: `${error.code}: ${error.message}${hint}` }
}

/** The prompt with the files that the task names, and why the attempt before failed. */
function promptOf({ job, files, lastFailure }: ToolWork): string {
  const parts = [job.prompt]
  if (files.length > 0) parts.push(`Files:\n${files.map((file) => `- ${file}`).join('\n')}`)
  if (lastFailure !== undefined) parts.push(`An earlier attempt failed:\n${lastFailure}`)
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
