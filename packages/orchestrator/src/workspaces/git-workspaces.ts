import type {
  OfRound,
  Settlement,
  SettleRequest,
  Workspace,
  WorkspaceAnswer,
  WorkspaceRequest,
  Workspaces,
} from '@ws/core'
import {
  type Attestation,
  type Person,
  provisionSlot,
  type Repository,
  runCommands,
  runDoctor,
  type SlotRecord,
  Slots,
} from '@ws/git'
import { mergeInputs, targetCommit } from './round-inputs.ts'
import { attemptTrailers, isCommitOf } from './attempt-trailers.ts'
import { settleWork } from './settle-work.ts'
import { slotName } from './slot-name.ts'

/** How worktrees are made and whose name stands in their commits. */
export interface GitWorkspacesOptions {
  readonly repository: Repository
  /** @default worktrees in `<repository>.ws` */
  readonly slots?: Slots
  /** Where the output of set-up commands goes. */
  readonly logFile: (of: OfRound) => string
  readonly author?: Person
  /** The leader's epoch, compared inside the repository lock. */
  readonly epoch?: number
  /** What set-up commands inherit. */
  readonly env: NodeJS.ProcessEnv
}

/** A request that says whether a person is to work there. */
interface RoundRequest extends WorkspaceRequest {
  readonly isPersons?: boolean
}

/** Worktrees of a git repository: one for a round, at its branch, kept until it is released. */
export class GitWorkspaces implements Workspaces {
  readonly #options: GitWorkspacesOptions
  readonly #slots: Slots

  constructor(options: GitWorkspacesOptions) {
    this.#options = options
    this.#slots = options.slots ?? new Slots(options.repository)
  }

  /** Finishes or takes back what a crash left half made; nothing that somebody may still be working on. */
  async mend(): Promise<void> {
    await runDoctor(this.#slots, { fix: true })
  }

  async open(request: RoundRequest): Promise<WorkspaceAnswer> {
    const found = await this.#slotOf(request)
    if (found === undefined) return this.#make(request)
    // An earlier attempt may have left something: it is kept, and this one begins at the last good commit. What a
    // person has begun is theirs.
    if (request.isPersons !== true) await this.#putBack(found, request)
    return this.#provision(found, request)
  }

  async lookUp(request: WorkspaceRequest): Promise<Settlement | undefined> {
    const slot = await this.#slotOf(request)
    if (slot === undefined || slot.tip === slot.base) return undefined
    const commit = await this.#options.repository.readObject(slot.tip)
    if (!isCommitOf(commit?.content.toString('utf8') ?? '', request)) return undefined
    const nothing = { files: [], linesAdded: 0, linesRemoved: 0, setAside: [], warnings: [] }
    return { kind: 'settled', commit: slot.tip, ...nothing }
  }

  async release(of: OfRound): Promise<void> {
    const slot = await this.#slotOf(of)
    if (slot !== undefined) await this.#slots.remove(slot.slot, this.#epoch)
  }

  /** Tells whose directories are there. */
  async left(): Promise<(of: OfRound) => boolean> {
    const names = new Set((await this.#slots.list()).map(({ slot }) => slot))
    return (of) => names.has(slotName(of))
  }

  /** What a round stands at: its branch, its last commit, and what that was built on. */
  async stand(of: OfRound): Promise<Pick<SlotRecord, 'branch' | 'tip' | 'base' | 'path'> | undefined> {
    return this.#slotOf(of)
  }

  async close(): Promise<void> {
    await this.#slots.purgeTrash()
  }

  get #epoch(): { readonly epoch?: number } {
    return this.#options.epoch === undefined ? {} : { epoch: this.#options.epoch }
  }

  async #slotOf(of: OfRound): Promise<SlotRecord | undefined> {
    const name = slotName(of)
    return (await this.#slots.list()).find(({ slot, state }) => slot === name && state === 'ready')
  }

  async #make(request: WorkspaceRequest): Promise<WorkspaceAnswer> {
    const { repository } = this.#options
    const { signal, runId, workstreamId, round, attempt } = request
    const target = await targetCommit(repository, request.target)
    const wanted = await Promise.all(request.inputs.map((id) => repository.resolveCommit(id)))
    const inputs = await mergeInputs(repository, target, wanted, signal)
    if (!inputs.isClean) {
      const paths = inputs.conflicts.map(({ path }) => path).join(', ')
      return {
        isOpen: false,
        failure: { reason: 'infrastructure', detail: `what it is built on does not merge: ${paths}` },
      }
    }
    const branch = request.workstream.branch
    const slot = await this.#slots.create({
      slot: slotName(request),
      base: inputs.commit,
      work: { run: runId, workstream: workstreamId, attempt },
      ...(branch === undefined ? {} : { branch: round === 1 ? branch : `${branch}-${round}` }),
      ...(branch === undefined && round > 1 ? { branch: `lane/${runId}/${workstreamId}-${round}` } : {}),
      signal,
      ...this.#epoch,
    })
    return this.#provision(slot, request)
  }

  async #putBack(slot: SlotRecord, request: WorkspaceRequest): Promise<void> {
    const { runId: run, workstreamId: workstream, attempt } = request
    const pinned = await this.#slots.pin(slot.slot, {
      work: { run, workstream, attempt: attempt - 1 },
      reason: 'another attempt begins',
      signal: request.signal,
    })
    const tree = await this.#options.repository.treeOf(slot.tip)
    await this.#slots.commit(slot.slot, { tree, pinned, message: 'put back', ...this.#epoch })
  }

  async #provision(slot: SlotRecord, request: WorkspaceRequest): Promise<WorkspaceAnswer> {
    const { repository, env, logFile } = this.#options
    const { workstream, signal } = request
    const setup = workstream.setup.map((command) => shellLine(command))
    const { env: own, setup: ended } = await provisionSlot(repository, slot, {
      setup: request.attempt === 1 || slot.tip === slot.base ? setup : [],
      logFile: logFile(request),
      env,
      signal,
    })
    if (ended.failure !== undefined) return { isOpen: false, failure: ended.failure }
    const before = await this.#slots.attest(slot.slot)
    return {
      isOpen: true,
      workspace: this.#workspace(slot, request, { env: { ...own, ...request.task.env }, before }),
    }
  }

  #workspace(
    slot: SlotRecord,
    request: WorkspaceRequest,
    { env, before }: { readonly env: Readonly<Record<string, string>>; readonly before: Attestation },
  ): Workspace {
    const settle = async (settled: SettleRequest): Promise<Settlement> =>
      settleWork({
        repository: this.#options.repository,
        slots: this.#slots,
        slot: await this.#slots.get(slot.slot),
        // Whatever ended the attempt, what it did is kept.
        request: { ...request, signal: new AbortController().signal },
        settled: { ...settled, trailers: { ...settled.trailers, ...attemptTrailers(request) } },
        before,
        ...(this.#options.author === undefined ? {} : { author: this.#options.author }),
        ...this.#epoch,
      })
    return { path: slot.path, env, settle }
  }

  /** Runs what a workstream wants done when its worktree is given up. */
  async tearDown(of: OfRound, commands: WorkspaceRequest['workstream']['teardown']): Promise<void> {
    const slot = await this.#slotOf(of)
    if (slot === undefined || commands.length === 0) return
    await runCommands(commands.map(shellLine), {
      cwd: slot.path,
      env: this.#options.env,
      clock: this.#options.repository.clock,
      logFile: this.#options.logFile(of),
    })
  }
}

/** Set-up lines run in a shell; a list of arguments is quoted for it. */
function shellLine(command: string | readonly string[]): string {
  if (typeof command === 'string') return command
  return command.map((word) => `'${word.replaceAll("'", String.raw`'\''`)}'`).join(' ')
}
