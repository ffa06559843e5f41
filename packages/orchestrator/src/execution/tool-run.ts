import {
  type Clock,
  type Execution,
  type ExecutionContext,
  type Failure,
  isWsError,
  noUsage,
  toolKey,
} from '@ws/core'
import {
  type ClusterManager,
  type ClusterOptionsInput,
  launchCluster,
  ProcessLimits,
  secretsIn,
} from '@ws/pool'
import { chooseExecution, type ExecutionChoice } from './choose-execution.ts'
import { programsMissing, type RunTool, type RunTools } from './run-tools.ts'
import { takeTurn, type ToolWork } from './tool-turn.ts'
import type { WaitingTasks } from './waiting-tasks.ts'
import type { Transcript, Transcripts } from './transcript.ts'
import { WarmTools } from './warm-tools.ts'

/** What tools run with. */
export interface ToolRunOptions {
  readonly clock: Clock
  /** What commands inherit, and of which tools get the allowed part. */
  readonly env: NodeJS.ProcessEnv
  /** Where processes are noted, so that whoever comes after a crash can end them. */
  readonly ledgerFolder: string
  readonly tools: RunTools
  /** What is still to be done in the workstream of an attempt. @default nothing */
  readonly waiting?: WaitingTasks
  /** Where what is said in turns is written down. @default nowhere */
  readonly transcripts?: Transcripts
  /** When a warm process is replaced that works. @default after 50 turns, or an hour */
  readonly recycle?: ClusterOptionsInput['recycle']
}

/** A long life hides leaks: of memory, and of what a tool believes to know. */
const usualRecycling = { turns: 50, ageMs: 3_600_000, spare: false } as const

/** After these a process is as good as before, or its cluster has put another in its place. */
const harmless: readonly Failure['reason'][] = [
  ...(['crashed', 'refused', 'rate-limited', 'quota-exhausted', 'overloaded'] as const),
]

/** An attempt, with what its tool is started by. */
interface Attempt {
  readonly work: ToolWork
  readonly context: ExecutionContext
  readonly tool: RunTool
  readonly options: ClusterOptionsInput
  /** What a process must have in common with another to be as good. */
  readonly kind: string
}

/** Runs a tool's attempts: each in a process of its own, which ends with it, or in one that its worktree keeps warm. */
export class ToolRuns {
  readonly #options: ToolRunOptions
  readonly #warm: WarmTools
  readonly #waiting: WaitingTasks
  readonly #going = new Set<Promise<unknown>>()
  /** Tools of a run that did not come up as warm processes: they are not asked to again. */
  readonly #cold = new Set<string>()
  readonly #limits = new Map<string, ProcessLimits>()

  constructor(options: ToolRunOptions) {
    this.#options = options
    this.#warm = new WarmTools(options)
    this.#waiting = options.waiting ?? (() => 0)
  }

  execute(work: ToolWork, context: ExecutionContext): Promise<Execution> {
    const execution = this.#execute(work, context)
    this.#going.add(execution)
    void execution.finally(() => this.#going.delete(execution)).catch(() => {})
    return execution
  }

  /** Ends warm processes that nobody wants any more; resolves when they are gone. */
  tidy(): Promise<void> {
    return this.#warm.tidy()
  }

  /** Resolves when no attempt goes on; whoever closes has told them to end. */
  async close(): Promise<void> {
    await Promise.allSettled(this.#going)
    await this.#warm.close()
  }

  async #execute(work: ToolWork, context: ExecutionContext): Promise<Execution> {
    try {
      const attempt = this.#attempt(work, context, await this.#options.tools.find(work.runId, work.job.tool))
      const { execution, because } = this.#choose(attempt)
      const done = execution === 'pooled' ? await this.#inWarm(attempt, because) : undefined
      return (
        done ??
        (await this.#alone(attempt, execution === 'pooled' ? 'no warm process could be had' : because))
      )
    } catch (error) {
      const facts = { usage: noUsage, text: '' }
      if (context.signal.aborted) return { kind: 'interrupted', ...facts }
      return { kind: 'failed', failure: cannotStart(error), ...facts }
    }
  }

  #attempt(work: ToolWork, context: ExecutionContext, tool: RunTool): Attempt {
    const { clock, env: inheritedEnv, ledgerFolder } = this.#options
    const { job, cwd, env, claims, timeoutMs } = work
    const model = job.model ?? tool.model
    const permission = job.mode === 'analyze' || claims.length === 0 ? 'read' : 'edit'
    const limits = this.#limitsOf(job.tool, tool)
    return {
      ...{ work, context, tool },
      options: {
        ...{ count: 1, cwd, permission, inheritedEnv, clock },
        settings: { ...tool.settings },
        env: { ...env },
        turnTimeoutMs: timeoutMs,
        ledger: ledgerFolder,
        ...(limits === undefined ? {} : { limits }),
        ...(model === undefined ? {} : { model }),
      },
      kind: JSON.stringify([toolKey(job.tool), cwd, permission, model ?? null, tool.settings, env]),
    }
  }

  #choose({ work, tool, kind }: Attempt): ExecutionChoice {
    const { runId, taskId, job } = work
    const isCold = tool.execution === 'auto' && this.#cold.has(`${runId}/${toolKey(job.tool)}`)
    if (isCold) return { execution: 'one-shot', because: 'it did not come up as a warm process before' }
    return chooseExecution(tool.execution, tool.adapter, {
      others: this.#waiting(work, { tool: job.tool, except: taskId }),
      isWarm: this.#warm.has(kind),
    })
  }

  /** In the process that the worktree keeps; nothing where there can be none, and another way is allowed. */
  async #inWarm(attempt: Attempt, because: string): Promise<Execution | undefined> {
    const { work, context, kind } = attempt
    const { tool } = work.job
    const cluster = await this.#warmFor(attempt)
    if (cluster === undefined) return undefined
    const stop = cluster.events.on('session.lost', () =>
      context.onOutput({ stream: 'note', text: 'what was said before is lost: the tool begins anew\n' }),
    )
    let execution: Execution | undefined
    try {
      execution = await takeTurn(cluster, {
        ...{ work, context, clock: this.#options.clock },
        ...this.#transcriptOf(work),
        because: `${tool}, pooled: ${because}`,
        session: `${work.runId}/${work.workstreamId}`,
      })
    } finally {
      stop()
      // Whoever was stopped in the middle may have left something running.
      if (execution === undefined || !isSound(execution))
        await this.#warm.drop(kind, cluster, { force: context.signal.aborted })
    }
    if (isSound(execution)) {
      const except = execution.kind === 'completed' ? { except: work.taskId } : {}
      await this.#warm.give(kind, { cluster, isWanted: () => this.#waiting(work, { tool, ...except }) > 0 })
    }
    return execution
  }

  async #warmFor({ work, context, tool, options, kind }: Attempt): Promise<ClusterManager | undefined> {
    const { recycle = usualRecycling } = this.#options
    const name = toolKey(work.job.tool)
    try {
      return await this.#warm.take(kind, () => {
        this.#makeRoom(name)
        return launchCluster(tool.adapter, {
          ...options,
          ...{ execution: 'pooled', restart: 'auto', recycle, signal: context.signal },
        })
      })
    } catch (error) {
      const isForced = tool.execution === 'pooled' || !tool.adapter.traits.modes.includes('one-shot')
      if (isForced || context.signal.aborted || !isWsError(error, 'WS_POOL_NOT_READY')) throw error
      this.#cold.add(`${work.runId}/${name}`)
      context.onOutput({ stream: 'note', text: `no warm process: ${error.message}\n` })
      return undefined
    }
  }

  /** In a process that ends with the attempt. */
  async #alone({ work, context, tool, options }: Attempt, because: string): Promise<Execution> {
    const { clock, env } = this.#options
    this.#makeRoom(toolKey(work.job.tool))
    const cluster = await launchCluster(tool.adapter, { ...options, execution: 'one-shot' })
    try {
      const done = await takeTurn(cluster, {
        ...{ work, context, clock },
        ...this.#transcriptOf(work),
        because: `${work.job.tool}, one-shot: ${because}`,
      })
      if (done.kind !== 'failed' || done.failure.reason !== 'infrastructure') return done
      const missing = programsMissing(tool, { cwd: work.cwd, env: { ...env, ...work.env } })
      return missing === undefined ? done : { ...done, failure: notThere(missing) }
    } finally {
      await cluster.close({ force: context.signal.aborted })
    }
  }

  #transcriptOf(work: ToolWork): { readonly transcript?: Transcript } {
    const { clock, env, transcripts } = this.#options
    if (transcripts === undefined) return {}
    const startedAt = clock.monotonic()
    const known = Object.entries({ ...env, ...work.env }).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, value] as const],
    )
    const transcript = transcripts.begin(work, {
      secrets: secretsIn(Object.fromEntries(known), []),
      elapsedMs: () => clock.monotonic() - startedAt,
    })
    return { transcript }
  }

  #limitsOf(name: string, { maxInstances }: RunTool): ProcessLimits | undefined {
    if (maxInstances === undefined) return undefined
    const key = JSON.stringify([toolKey(name), maxInstances])
    const limits = this.#limits.get(key) ?? new ProcessLimits({ maxProcesses: maxInstances })
    this.#limits.set(key, limits)
    return limits
  }

  /** One that waits for work must not keep another from its own. */
  #makeRoom(name: string): void {
    const prefix = `[${JSON.stringify(name)},`
    for (const [key, { hasRoom }] of this.#limits)
      if (!hasRoom && key.startsWith(prefix)) this.#warm.yieldOne(prefix)
  }
}

function isSound(execution: Execution): boolean {
  return (
    execution.kind === 'completed' ||
    (execution.kind === 'failed' && harmless.includes(execution.failure.reason))
  )
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
