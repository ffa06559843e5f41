import {
  builtInTools,
  Plan,
  type PlanInput,
  resolveRun,
  type ResolveRunOptions,
  runMachine,
  type RunSpec,
  WsError,
} from '@ws/core'
import { openRepository, type Repository } from '@ws/git'
import { type Acting, openActing } from './acting.ts'
import { hostOf } from './hosts/host-id.ts'
import { HostRecords } from './hosts/host-records.ts'
import { Member } from './hosts/member.ts'
import { lent } from './hosts/told-events.ts'
import { newRunId } from './new-run-id.ts'
import { openJournal, openLeading } from './open-leading.ts'
import { Opened } from './opened.ts'
import { type OrchestratorOptions, resolveOptions, type ResolvedOptions } from './orchestrator-options.ts'
import { ownIdentity } from './platform/process-identity.ts'
import { freshName } from './platform/surroundings.ts'
import { RunFolders } from './run-folders.ts'
import { requireAccepted, RunHandle, type RunHost } from './run-handle.ts'

/** How one run is started. */
export type StartRunOptions = Partial<
  Pick<ResolveRunOptions, 'correlationId' | 'config' | 'tools' | 'select' | 'mode' | 'user'>
> & {
  /** Ends the run: the first abort cancels it. */
  readonly signal?: AbortSignal
}

/**
 * Leads a repository: opens its log, goes on with whatever was going on, and takes new runs. With `listen` it joins where
 * another process leads, and works on its own runs there.
 *
 * @throws `WS_LEADER_ELSEWHERE` where another process leads and is not joined, `WS_LEADER_VERSION`,
 * `WS_ORCHESTRATOR_OPTIONS`, and what opening a repository throws.
 *
 * @example
 * const ws = await createOrchestrator({ repo: '.' })
 * const run = await ws.run({ workstreams: [{ id: 'docs', claims: ['docs/**'], tasks: [{ id: 'd', run: 'make docs' }] }] })
 * console.log(await run.result)
 * await ws.close()
 */
export async function createOrchestrator(options: OrchestratorOptions): Promise<Orchestrator> {
  const resolved = resolveOptions(options)
  const opened = new Opened()
  try {
    const repository =
      typeof resolved.repo === 'string' ? opened.use(await openRepository(resolved.repo)) : resolved.repo
    const parts = await openParts(resolved, { repository, opened })
    return new Orchestrator(resolved, { ...parts, repository, opened })
  } catch (error) {
    await opened.close()
    throw error
  }
}

interface Parts {
  readonly member: Member
  readonly acting: Acting
}

async function openParts(
  options: ResolvedOptions,
  { repository, opened }: { readonly repository: Repository; readonly opened: Opened },
): Promise<Parts> {
  const { clock, concurrency, hostId, limits, listen, takesOn } = options
  const folders = new RunFolders(repository.facts)
  const machine = runMachine({ ignoreCase: repository.facts.ignoreCase })
  const acting = await openActing(options, {
    ...{ repository, folders, opened },
    look: () => member.state,
    epoch: () => member.epoch,
    seen: (event) => member.seen(event),
    tidies: (runId) => member.tidies(runId),
  })
  const member: Member = new Member({
    ...{ repository, clock, machine, hostId, listen, takesOn },
    self: await ownIdentity(),
    records: new HostRecords(`${repository.facts.wsDir}/hosts`),
    attempts: acting.attempts,
    tidy: acting.tidy,
    tidied: () => acting.tidier.close(),
    limits: { ...limits, slots: concurrency },
    openLeading: async (leadership, attempts, othersLive) => {
      await folders.prepare()
      // What somebody is about to make looks like what a crash left half made.
      if (!othersLive) await acting.worktrees.mend()
      return openLeading(options, { repository, folders, machine, acting, leadership, attempts })
    },
    readJournal: async () =>
      options.journal === undefined ? openJournal(repository) : lent(options.journal),
  })
  member.events.on('*', ({ event }) => acting.tidier.hear(event))
  opened.defer(() => member.close())
  await member.enter()
  return { member, acting }
}

/** What this host knows how to talk to; whether it is installed is seen when it is started. */
function knownTools({ adapters }: ResolvedOptions): string[] {
  return [...builtInTools, ...Object.keys(adapters)]
}

/** One of the processes that work on a repository: its leader, or a guest of that. */
export class Orchestrator implements AsyncDisposable {
  readonly repository: Repository
  readonly #options: ResolvedOptions
  readonly #member: Member
  readonly #opened: Opened
  readonly #acting: Acting
  #closing: Promise<void> | undefined

  /** Use `createOrchestrator`. */
  constructor(
    options: ResolvedOptions,
    {
      member,
      acting,
      repository,
      opened,
    }: Parts & { readonly repository: Repository; readonly opened: Opened },
  ) {
    this.#options = options
    this.#member = member
    this.#acting = acting
    this.repository = repository
    this.#opened = opened
  }

  /** Everything that happens, of all runs. */
  get events(): RunHost['events'] {
    return this.#member.events
  }

  /** Whether this process leads the repository; if not, another one does, and this one works on its own runs. */
  get isLeader(): boolean {
    return this.#member.epoch !== undefined
  }

  /** Whether the attempts of a run are done by this process. */
  worksOn(runId: string): boolean {
    return this.#member.isOwn(runId)
  }

  /** Ids of the runs that are known, the newest last. */
  get runs(): readonly string[] {
    return [...this.#member.state.runs.keys()]
  }

  /**
   * Starts a plan.
   * @throws `WS_PLAN_INVALID`, `WS_SELECTION_UNKNOWN`, `WS_SELECTION_NEEDS`, and what the machine refuses.
   */
  async run(plan: PlanInput | Plan, options: StartRunOptions = {}): Promise<RunHandle> {
    const { signal, user = this.#options.user, ...rest } = options
    signal?.throwIfAborted()
    const runId = newRunId(this.#options.clock.now())
    const tools = rest.tools ?? knownTools(this.#options)
    return this.start(resolveRun(Plan.parse(plan), { runId, user, ...rest, tools }), signal)
  }

  /**
   * Starts a run that was resolved before.
   * @throws `WS_TOOL_MISSING` where no program is there of the tools that a task could be done with, and what the
   * machine refuses.
   */
  async start(run: RunSpec, signal?: AbortSignal): Promise<RunHandle> {
    await this.#requireTools(run)
    await this.#member.takeOn(run)
    // Its own environment: no other process works on it.
    const requires = this.#options.listen ? [...run.requires, hostOf(run.id)] : run.requires
    const command = { type: 'run.start', commandId: `start/${run.id}`, run: { ...run, requires } } as const
    requireAccepted(await this.#member.send(command))
    const handle = this.handle(run.id)
    const cancel = () => void handle.cancel().catch(() => {})
    signal?.addEventListener('abort', cancel, { once: true })
    void handle.result.finally(() => signal?.removeEventListener('abort', cancel)).catch(() => {})
    return handle
  }

  async #requireTools(run: RunSpec): Promise<void> {
    const cwd = this.repository.facts.mainWorktree ?? this.repository.facts.wsDir
    const missing = (await this.#acting.tools?.missing(run, { env: this.#acting.env, cwd })) ?? []
    if (missing.length === 0) return
    const said = missing.map(({ taskId, programs }) => {
      const tools = Object.entries(programs).map(
        ([tool, names]) => `${tool}${names.length === 0 ? '' : ` (${names.join(', ')})`}`,
      )
      return `task "${taskId}" needs ${tools.join(' or ')}`
    })
    throw new WsError('WS_TOOL_MISSING', `no program was found: ${said.join('; ')}`, {
      details: { missing: missing.map(({ taskId, programs }) => ({ taskId, programs })) },
      hint: 'install it, put its folder on PATH, or say where it is: tools: { <name>: { command: <path> } }',
    })
  }

  /** A run that is going on, or has ended. */
  handle(runId: string): RunHandle {
    return new RunHandle(runId, {
      host: this.#member,
      clock: this.#options.clock,
      newId: freshName,
      follow: () => this.#member.follow(),
    })
  }

  /** Brings the files for people up to date now: of one run, or of all that are known. */
  writeFiles(runs: readonly string[] = this.runs): Promise<readonly string[]> {
    return this.#member.writeFiles(runs)
  }

  /** Ends gracefully: what runs is interrupted and kept, and goes on when the repository is led again. */
  close(): Promise<void> {
    this.#closing ??= this.#opened.close()
    return this.#closing
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }
}
