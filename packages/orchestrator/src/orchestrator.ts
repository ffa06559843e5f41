import { join } from 'node:path'
import {
  builtInTools,
  type Executor,
  type Journal,
  type Landing,
  loadHost,
  Plan,
  type PlanInput,
  resolveRun,
  type ResolveRunOptions,
  runMachine,
  type RunSpec,
  WsError,
  type Workspaces,
} from '@ws/core'
import { type Leadership, openRepository, type Repository } from '@ws/git'
import { openSqliteJournal } from '@ws/store'
import { AttemptDriver } from './drivers/attempt-driver.ts'
import { LandingDriver, type RoundStand } from './drivers/landing-driver.ts'
import { RunDriver } from './drivers/run-driver.ts'
import { AttemptLogs } from './execution/attempt-logs.ts'
import { openLocalExecutor } from './execution/local-executor.ts'
import { RunTools } from './execution/run-tools.ts'
import { FileWriter } from './files/file-writer.ts'
import { queueLanding } from './landing/open-queue-landing.ts'
import { newRunId } from './new-run-id.ts'
import { Opened } from './opened.ts'
import { type OrchestratorOptions, resolveOptions, type ResolvedOptions } from './orchestrator-options.ts'
import { freshName, inheritedEnvironment } from './platform/surroundings.ts'
import { RunFolders } from './run-folders.ts'
import { requireAccepted, RunHandle, type RunHost } from './run-handle.ts'
import { GitWorkspaces } from './workspaces/git-workspaces.ts'
import { Tidier } from './workspaces/tidier.ts'

/** How one run is started. */
export type StartRunOptions = Partial<
  Pick<ResolveRunOptions, 'correlationId' | 'config' | 'tools' | 'select' | 'mode' | 'user'>
> & {
  /** Ends the run: the first abort cancels it. */
  readonly signal?: AbortSignal
}

/**
 * Leads a repository: opens its log, goes on with whatever was going on, and takes new runs.
 *
 * @throws `WS_LEADER_ELSEWHERE` where another process leads, `WS_ORCHESTRATOR_OPTIONS`, and what opening a repository throws.
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
    const leadership = opened.use(await lead(repository))
    const parts = await openParts(resolved, { repository, leadership, opened })
    return new Orchestrator(resolved, { ...parts, repository, opened })
  } catch (error) {
    await opened.close()
    throw error
  }
}

interface Parts {
  readonly host: RunHost
  readonly files: FileWriter
  /** What this machine's own executor starts; absent where somebody else's does the work. */
  readonly tools: RunTools | undefined
  readonly env: NodeJS.ProcessEnv
}

async function lead(repository: Repository): Promise<Leadership> {
  const answer = await repository.lead({ what: 'orchestrator' })
  if (answer.isLeader) return answer.leadership
  const pid = answer.leader?.pid
  throw new WsError(
    'WS_LEADER_ELSEWHERE',
    `another process leads this repository${pid === undefined ? '' : `: process ${pid}`}`,
    { details: { ...answer.leader }, hint: 'wait until it has ended, or ask it' },
  )
}

async function openParts(
  options: ResolvedOptions,
  {
    repository,
    leadership,
    opened,
  }: { readonly repository: Repository; readonly leadership: Leadership; readonly opened: Opened },
): Promise<Parts> {
  const { clock } = options
  const { epoch } = leadership
  const folders = new RunFolders(repository.facts)
  await folders.prepare()
  const journal = options.journal ?? (await openJournal(repository, opened))
  const env = options.env ?? inheritedEnvironment()
  const own = new GitWorkspaces({ repository, epoch, env, logFile: (of) => folders.setupLog(of) })
  await own.mend()
  const workspaces: Workspaces = options.workspaces ?? own
  const tools = new RunTools({
    adapters: options.adapters,
    settingsOf: (runId) => host.state.runs.get(runId)?.spec.work?.tools ?? {},
  })
  const executor: Executor =
    options.executor ??
    (await openLocalExecutor({
      clock,
      env,
      tools,
      ledgerFolder: join(repository.facts.wsDir, 'processes'),
    }))
  opened.defer(() => executor.close())
  const landing: Landing =
    options.landing ??
    queueLanding({
      repository,
      journal,
      clock,
      leadership,
      look: () => host.state,
      file: join(folders.root, 'merge_queue.json'),
      slots: 2,
    })
  opened.defer(() => landing.close())
  const logs = new AttemptLogs((of) => folders.attemptLog(of))
  opened.defer(() => logs.close())
  const look = () => host.state
  const attempts = new AttemptDriver({
    workspaces,
    executor,
    clock,
    look,
    onOutput: (of, output) => logs.write(of, output),
    onSettled: (of) => logs.end(of),
  })
  const landings = new LandingDriver({
    landing,
    look,
    stand: async (of): Promise<RoundStand | undefined> => own.stand(of),
  })
  const machine = runMachine({ ignoreCase: repository.facts.ignoreCase })
  const host: RunHost = await loadHost(machine, {
    journal,
    clock,
    epoch,
    driver: new RunDriver(attempts, landings),
  })
  opened.defer(() => host.close())
  const tidier = new Tidier(async ({ state, ...of }) => {
    if (options.workspaces === undefined) await own.tearDown(of, state.spec.work?.teardown ?? [])
    await workspaces.release(of)
  }, look)
  host.events.on('*', ({ event }) => tidier.hear(event))
  opened.defer(() => tidier.close())
  const files = new FileWriter({ journal, directory: folders.root })
  host.events.on('*', ({ event }) => files.hear(event))
  opened.defer(() => files.close())
  await host.recover()
  if (options.workspaces === undefined) tidier.catchUp(await own.left())
  // Joining once more would end what was just adopted: that is for a new process whose past nobody has looked up.
  if (host.state.hosts.get(options.hostId)?.offers.has(everything) !== true)
    await host.send({ type: 'host.joined', hostId: options.hostId, offers: [everything] })
  const limits = { ...options.limits, slots: options.concurrency }
  await host.send({ type: 'limits.set', commandId: freshName(), limits })
  return { host, files, env, tools: options.executor === undefined ? tools : undefined }
}

/** The one host there is takes whatever a plan asks for; what has no program is refused when its run starts. */
const everything = '*'

/** What this host knows how to talk to; whether it is installed is seen when it is started. */
function knownTools({ adapters }: ResolvedOptions): string[] {
  return [...builtInTools, ...Object.keys(adapters)]
}

async function openJournal(repository: Repository, opened: Opened): Promise<Journal> {
  return opened.use(await openSqliteJournal({ path: join(repository.facts.wsDir, 'journal.db') }))
}

/** The leader of one repository. */
export class Orchestrator implements AsyncDisposable {
  readonly repository: Repository
  readonly #options: ResolvedOptions
  readonly #host: RunHost
  readonly #opened: Opened
  readonly #files: FileWriter
  readonly #tools: RunTools | undefined
  readonly #env: NodeJS.ProcessEnv
  #closing: Promise<void> | undefined

  /** Use `createOrchestrator`. */
  constructor(
    options: ResolvedOptions,
    {
      host,
      files,
      tools,
      env,
      repository,
      opened,
    }: Parts & { readonly repository: Repository; readonly opened: Opened },
  ) {
    this.#options = options
    this.#host = host
    this.#files = files
    this.#tools = tools
    this.#env = env
    this.repository = repository
    this.#opened = opened
  }

  /** Everything that happens, of all runs. */
  get events(): RunHost['events'] {
    return this.#host.events
  }

  /** Ids of the runs that are known, the newest last. */
  get runs(): readonly string[] {
    return [...this.#host.state.runs.keys()]
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
    requireAccepted(await this.#host.send({ type: 'run.start', commandId: `start/${run.id}`, run }))
    const handle = this.handle(run.id)
    const cancel = () => void handle.cancel().catch(() => {})
    signal?.addEventListener('abort', cancel, { once: true })
    void handle.result.finally(() => signal?.removeEventListener('abort', cancel)).catch(() => {})
    return handle
  }

  async #requireTools(run: RunSpec): Promise<void> {
    const cwd = this.repository.facts.mainWorktree ?? this.repository.facts.wsDir
    const missing = (await this.#tools?.missing(run, { env: this.#env, cwd })) ?? []
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
    return new RunHandle(runId, { host: this.#host, clock: this.#options.clock, newId: freshName })
  }

  /** Brings the files for people up to date now: of one run, or of all that are known. */
  writeFiles(runs: readonly string[] = this.runs): Promise<readonly string[]> {
    return this.#files.write(runs)
  }

  /** Ends gracefully: what runs is interrupted and kept, and goes on when the repository is led again. */
  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  async #close(): Promise<void> {
    // What is interrupted is ready again: without this it would be started once more, only to be lost.
    const limits = { ...this.#host.state.limits, slots: 0 }
    await this.#host.send({ type: 'limits.set', commandId: freshName(), limits }).catch(() => {})
    await this.#opened.close()
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }
}
