import {
  builtInTools,
  invariant,
  isWsError,
  Plan,
  type PlanInput,
  resolveRun,
  runMachine,
  type RunSpec,
} from '@ws/core'
import { openRepository, type Repository } from '@ws/git'
import type { RegisteredWorkstream } from '@ws/store/records'
import { type Acting, openActing } from './acting.ts'
import { requireTools, type ToolsOfRun } from './execution/require-tools.ts'
import { hostOf } from './hosts/host-id.ts'
import { HostRecords } from './hosts/host-records.ts'
import { Member } from './hosts/member.ts'
import { lent } from './hosts/told-events.ts'
import { environmentMark, environmentName } from './landing/environment-mark.ts'
import type { QueueOrder, QueueStand } from './landing/queue-order.ts'
import { newRunId } from './new-run-id.ts'
import { openJournal, openLeading } from './open-leading.ts'
import { Opened } from './opened.ts'
import { type OrchestratorOptions, resolveOptions, type ResolvedOptions } from './orchestrator-options.ts'
import { ownIdentity } from './platform/process-identity.ts'
import { freshName } from './platform/surroundings.ts'
import { draftWorkstream, type NewWorkstream } from './registered/new-workstream.ts'
import { allActive, planWorkstreams } from './registered/plan-workstreams.ts'
import { readRegistered } from './registered/registry.ts'
import { requireNotBegun } from './registered/require-not-begun.ts'
import { RunFolders } from './run-folders.ts'
import { requireAccepted, RunHandle, type RunHost } from './run-handle.ts'
import { doneBefore, extensionOf, findGoing } from './selection/join-run.ts'
import { planKeyName, planKeyOf } from './selection/plan-key.ts'
import { limitPlan, selectionOf, type StartRunOptions } from './selection/start-run-options.ts'

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
    isOwn: (runId) => member.isOwn(runId),
  })
  const member: Member = new Member({
    ...{ repository, clock, machine, hostId, listen, takesOn },
    self: await ownIdentity(),
    records: new HostRecords(`${repository.facts.wsDir}/hosts`),
    attempts: acting.attempts,
    checks: acting.checks,
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
  member.events.on('*', ({ event }) => acting.hear(event))
  opened.defer(() => member.close())
  await member.enter()
  return { member, acting }
}

/** The run, which says of which plan it is. */
function withKey(run: RunSpec, planKey: string): RunSpec {
  const { work } = run
  if (work === undefined) return run
  return { ...run, work: { ...work, metadata: { ...work.metadata, [planKeyName]: planKey } } }
}

/** The run, which says in what environment its checks are run: others may be led here beside it. */
function withEnvironment(run: RunSpec, env: NodeJS.ProcessEnv): RunSpec {
  const { work } = run
  if (work === undefined) return run
  const metadata = { ...work.metadata, [environmentName]: environmentMark(env) }
  return { ...run, work: { ...work, metadata } }
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
   * Starts a plan, or the part of it that `only` and `steps` choose. A part joins the run of the same plan that is going
   * on, if there is one; what it needs comes along, is in that run, or has landed before.
   * @throws `WS_PLAN_INVALID`, `WS_SELECTION_UNKNOWN`, `WS_SELECTION_NEEDS`, `WS_WORKSTREAM_BEGUN`, and what the machine
   * refuses.
   */
  async run(plan: PlanInput | Plan, options: StartRunOptions = {}): Promise<RunHandle> {
    const { signal, user = this.#options.user, mode = 'execute', correlationId, config } = options
    signal?.throwIfAborted()
    const parsed = limitPlan(Plan.parse(plan), options.maxConcurrent)
    const select = selectionOf(options)
    const planKey = planKeyOf(parsed)
    const resolving = {
      runId: newRunId(this.#options.clock.now()),
      tools: options.tools ?? knownTools(this.#options),
      ...{ user, mode },
      ...(correlationId === undefined ? {} : { correlationId }),
      ...(config === undefined ? {} : { config }),
      ...(select === undefined
        ? {}
        : { select: { done: doneBefore(this.#member.state, planKey), ...select } }),
    }
    const going = select === undefined ? undefined : findGoing(this.#member.state, planKey, mode)
    if (going !== undefined) {
      const { workstreams, tasks } = extensionOf(parsed, going, resolving)
      if (tasks.length > 0) await this.handle(going.id).add(workstreams, tasks)
      await this.#takeOnIfLeft(going.spec)
      // Not the one before: the run may have ended before the part joined, which is not the part's end.
      return this.handle(going.id)
    }
    const run = resolveRun(parsed, resolving)
    requireNotBegun(this.#member.state, run)
    return this.start(withKey(run, planKey), signal)
  }

  /**
   * Keeps a workstream for later: it is active until it is completed, failed or discarded.
   * @throws `WS_PLAN_INVALID`, `WS_SLUG_TAKEN` where an active one has its name
   */
  async createWorkstream(workstream: NewWorkstream): Promise<RegisteredWorkstream> {
    const { slug, plan, isWhole } = draftWorkstream(workstream)
    await this.#member.register({ kind: 'add', commandId: freshName(), slug, plan, isWhole })
    const made = (await this.listWorkstreams()).findLast((each) => each.slug === slug)
    invariant(made !== undefined, 'orchestrator.workstream-kept')
    return made
  }

  /** Gives a workstream up that was kept for later and that no run does. @throws `WS_SLUG_UNKNOWN`, `WS_WORKSTREAM_BEGUN` */
  discardWorkstream(slug: string): Promise<void> {
    return this.#member.register({ kind: 'discard', commandId: freshName(), slug })
  }

  /** Workstreams that were kept for later, in the order in which they were made; with `isActive`, only such. */
  async listWorkstreams({ isActive }: { readonly isActive?: boolean } = {}): Promise<
    readonly RegisteredWorkstream[]
  > {
    const { journal } = this.#options
    const log = journal === undefined ? await openJournal(this.repository) : lent(journal)
    try {
      const all = await readRegistered(log)
      return all.filter((each) => isActive === undefined || each.isActive === isActive)
    } finally {
      await log.close()
    }
  }

  /**
   * Runs active workstreams by their slugs, in which `*` stands for any text. Nothing is started where one is unknown.
   * @throws `WS_SLUG_UNKNOWN`, `WS_WORKSTREAM_BEGUN`, `WS_SELECTION_NEEDS`, and what `run` throws
   */
  async runWorkstreams(
    slugs: readonly string[],
    { withNeeds = false, ...options }: StartRunOptions = {},
  ): Promise<readonly RunHandle[]> {
    const { plans } = planWorkstreams(await this.listWorkstreams(), { slugs, withNeeds })
    return this.#runEach(plans, options)
  }

  /** Runs every active workstream that no run does, and whose needs can be met. */
  async runAll(options: Omit<StartRunOptions, 'withNeeds'> = {}): Promise<readonly RunHandle[]> {
    const { plans } = planWorkstreams(await this.listWorkstreams(), allActive)
    return this.#runEach(plans, options)
  }

  /** Whoever worked on a run may have ended since it was looked at. */
  async #takeOnIfLeft(run: RunSpec): Promise<void> {
    await this.#member.takeOn(run).catch((error: unknown) => {
      if (!isWsError(error, 'WS_RUN_ELSEWHERE')) throw error
    })
  }

  async #runEach(plans: readonly Plan[], options: StartRunOptions): Promise<readonly RunHandle[]> {
    const runs: RunHandle[] = []
    for (const plan of plans) runs.push(await this.run(plan, options))
    return runs
  }

  /**
   * Starts a run that was resolved before. A tool that is not there gives way to its stand-ins.
   * @throws `WS_TOOL_MISSING` where no program is there of the tools that a task could be done with, and what the
   * machine refuses.
   */
  async start(asked: RunSpec, signal?: AbortSignal): Promise<RunHandle> {
    const { run, told } = await this.#withTools(asked)
    await this.#member.takeOn(run)
    // Its own environment: no other process works on it.
    const requires = this.#options.listen ? [...run.requires, hostOf(run.id)] : run.requires
    const begun = { ...(this.#options.listen ? withEnvironment(run, this.#acting.env) : run), requires }
    const command = { type: 'run.start', commandId: `start/${run.id}`, run: begun } as const
    requireAccepted(await this.#member.send(command))
    for (const event of told) this.#member.seen(event)
    const handle = this.handle(run.id)
    const cancel = () => void handle.cancel().catch(() => {})
    signal?.addEventListener('abort', cancel, { once: true })
    void handle.result.finally(() => signal?.removeEventListener('abort', cancel)).catch(() => {})
    return handle
  }

  async #withTools(run: RunSpec): Promise<ToolsOfRun> {
    const { tools, env } = this.#acting
    const cwd = this.repository.facts.mainWorktree ?? this.repository.facts.wsDir
    return tools === undefined ? { run, told: [] } : requireTools(run, tools, { env, cwd })
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

  /**
   * Asks something of the merge queue, of whoever leads; resolves with the entry that it is about.
   * @throws what the queue refuses, and `WS_ORCHESTRATOR_OPTIONS` where it lands elsewhere
   */
  order(order: QueueOrder): Promise<readonly QueueStand[]> {
    return this.#member.order(order)
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
