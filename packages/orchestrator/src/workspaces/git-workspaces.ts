import type {
  OfRound,
  ReleasedWork,
  Settlement,
  SettleRequest,
  Workspace,
  WorkspaceAnswer,
  WorkspaceRequest,
  Workspaces,
} from '@ws/core'
import { WsError } from '@ws/core'
import {
  type Attestation,
  type ConflictWithHunks,
  mergeTrees,
  type ObjectId,
  type Person,
  provisionSlot,
  releasePorts,
  releasePortsBut,
  type Repository,
  runDoctor,
  slotEnvironment,
  type SlotRecord,
  Slots,
  unprovisionSlot,
} from '@ws/git'
import { mergeInputs, type RoundInputs } from './round-inputs.ts'
import { attemptTrailers, isCommitOf } from './attempt-trailers.ts'
import { pushBranch } from './push-branch.ts'
import { settleWork } from './settle-work.ts'
import { ReadingRooms } from './reading-rooms.ts'
import { isAhead, RoundSlots } from './round-slots.ts'
import { slotName } from './slot-name.ts'
import { type TakenIn, takeInReleased } from './take-in-released.ts'

/** How worktrees are made and whose name stands in their commits. */
export interface GitWorkspacesOptions {
  readonly repository: Repository
  /** @default worktrees in `<repository>.ws` */
  readonly slots?: Slots
  /** Where the output of set-up commands goes. */
  readonly logFile: (of: OfRound) => string
  readonly author?: Person
  /** The leader's epoch, compared inside the repository lock; none for who works for a leader elsewhere. */
  readonly epoch?: () => number | undefined
  /** What set-up commands inherit. */
  readonly env: NodeJS.ProcessEnv
  /** Told where a round is worked on. */
  readonly onOpened?: (request: WorkspaceRequest, slot: SlotRecord) => void
  /** Told what a round is built on besides what it began with. */
  readonly onExtended?: (request: WorkspaceRequest, inputs: readonly string[], commit: string) => void
}

/** A request that says whether a person is to work there. */
interface RoundRequest extends WorkspaceRequest {
  readonly isPersons?: boolean
}

/** Worktrees of a git repository: one for a round, at its branch, kept until it is released. */
export class GitWorkspaces implements Workspaces {
  readonly #options: GitWorkspacesOptions
  readonly #slots: Slots
  readonly #rooms: ReadingRooms
  readonly #rounds: RoundSlots
  readonly #opening = new Set<Promise<WorkspaceAnswer>>()

  constructor(options: GitWorkspacesOptions) {
    const { repository, epoch } = options
    this.#options = options
    this.#slots = options.slots ?? new Slots(repository)
    this.#rounds = new RoundSlots(repository, this.#slots, epoch)
    const root = `${this.#slots.root.replace(/\.ws$/, '')}.reading`
    this.#rooms = new ReadingRooms({ repository, root, ...(epoch === undefined ? {} : { epoch }) })
  }

  /** Where the worktrees are. */
  get root(): string {
    return this.#slots.root
  }

  /** Finishes or takes back what a crash left half made; nothing that somebody may still be working on. */
  async mend(): Promise<void> {
    await runDoctor(this.#slots, { fix: true })
    const slots = await this.#slots.list()
    await releasePortsBut(this.#options.repository, new Set(slots.map(({ id }) => id)))
  }

  async open(request: RoundRequest): Promise<WorkspaceAnswer> {
    const opening = this.#open(request)
    this.#opening.add(opening)
    try {
      return await opening
    } finally {
      this.#opening.delete(opening)
    }
  }

  async #open(request: RoundRequest): Promise<WorkspaceAnswer> {
    if (request.run.mode === 'analyze') return this.#rooms.open(request)
    const begun = await this.#rounds.begin(request)
    if ('conflicts' in begun) return cannotMerge(begun.conflicts)
    if (begun.isFirst) {
      this.#options.onOpened?.(request, begun.slot)
      return this.#provision(begun.slot, request)
    }
    const whole = await this.#takeIn(begun.slot, request.released ?? [], request)
    if (!whole.isClean) return cannotMerge(whole.conflicts)
    const found = whole.slot
    const base = await this.#wider(found, request)
    if (!base.isClean) return cannotMerge(base.conflicts)
    // An earlier attempt may have left something: it is kept, and this one begins at the last good commit. What a
    // person has begun is theirs.
    if (request.isPersons === true && (base.commit === found.base || (await this.#isTouched(found))))
      return this.#provision(found, request)
    return this.#putBack(found, request, base.commit)
  }

  async prepare(request: WorkspaceRequest): Promise<void> {
    if (request.run.mode === 'analyze') return
    // Whoever has a slot goes first.
    while (this.#opening.size > 0) await Promise.allSettled(this.#opening)
    await this.#rounds.prepare(request)
  }

  async lookUp(request: WorkspaceRequest): Promise<Settlement | undefined> {
    const slot = await this.#rounds.find(request)
    if (slot === undefined || slot.tip === slot.base) return undefined
    const commit = await this.#options.repository.readObject(slot.tip)
    if (!isCommitOf(commit?.content.toString('utf8') ?? '', request)) return undefined
    const nothing = { files: [], linesAdded: 0, linesRemoved: 0, setAside: [], warnings: [] }
    return { kind: 'settled', commit: slot.tip, ...nothing }
  }

  async release(of: OfRound): Promise<void> {
    const slot = await this.#rounds.find(of)
    if (slot === undefined) return this.#rooms.release(of)
    // A branch on which nothing was put tells nobody anything.
    const branch = slot.tip === slot.base ? ('delete' as const) : ('keep' as const)
    await this.#slots.remove(slot.slot, { ...this.#epoch, branch })
    await releasePorts(this.#options.repository, slot.id)
  }

  /** Tells whose directories are there. */
  async left(): Promise<(of: OfRound) => boolean> {
    const names = new Set((await this.#slots.list()).map(({ slot }) => slot))
    const isRoom = await this.#rooms.left()
    return (of) => names.has(slotName(of)) || isRoom(of)
  }

  /** What a round stands at: its branch, its last commit, and what that was built on. */
  async stand(of: OfRound): Promise<Pick<SlotRecord, 'branch' | 'tip' | 'base' | 'path'> | undefined> {
    return this.#rounds.find(of)
  }

  /** What a round is to land: what it stands at, with what was released. */
  async standWith(
    of: OfRound,
    released: readonly ReleasedWork[],
    rules: Pick<WorkspaceRequest, 'run' | 'workstream'>,
  ): Promise<SlotRecord | undefined> {
    const slot = await this.#rounds.find(of)
    if (slot === undefined) return undefined
    const whole = await this.#takeIn(slot, released, { ...rules, signal: new AbortController().signal })
    if (whole.isClean) return whole.slot
    const paths = whole.conflicts.map(({ path }) => path)
    throw new WsError('WS_RELEASED_CONFLICT', `what was released does not merge: ${paths.join(', ')}`, {
      details: { ...of, paths },
      hint: 'merge it by hand from refs/ws/rescue, or discard the workstream',
    })
  }

  #takeIn(
    slot: SlotRecord,
    released: readonly ReleasedWork[],
    { run, workstream, signal }: Pick<WorkspaceRequest, 'run' | 'workstream' | 'signal'>,
  ): Promise<TakenIn> {
    const rules = { run, workstream, signal }
    return takeInReleased(slot, released, {
      repository: this.#options.repository,
      slots: this.#slots,
      rules,
      ...this.#epoch,
    })
  }

  async close(): Promise<void> {
    await this.#slots.purgeTrash()
  }

  get #epoch(): { readonly epoch?: number } {
    const epoch = this.#options.epoch?.()
    return epoch === undefined ? {} : { epoch }
  }

  /** What the round is built on now: what it began with, and what a later need brought. */
  #wider(slot: SlotRecord, { inputs, signal }: WorkspaceRequest): Promise<RoundInputs> {
    return mergeInputs(this.#options.repository, slot.base, inputs, signal)
  }

  async #isTouched(slot: SlotRecord): Promise<boolean> {
    const { tree } = await this.#slots.snapshot(slot.slot)
    return tree !== (await this.#options.repository.treeOf(slot.tip))
  }

  /** Keeps what is there, and begins at the last good state; on a wider base its own difference is merged onto that. */
  async #putBack(slot: SlotRecord, request: WorkspaceRequest, base: ObjectId): Promise<WorkspaceAnswer> {
    const { runId: run, workstreamId: workstream, attempt, signal } = request
    const { repository } = this.#options
    const pinned = await this.#slots.pin(slot.slot, {
      work: { run, workstream, attempt: attempt - 1 },
      reason: 'another attempt begins',
      signal,
    })
    const put = { pinned, message: 'put back', ...this.#epoch }
    if (base === slot.base) {
      const { record } = await this.#slots.commit(slot.slot, {
        ...put,
        tree: await repository.treeOf(slot.tip),
      })
      return this.#provision(record, request)
    }
    const pair = { base: slot.base, ours: base, theirs: slot.tip }
    const { isClean, tree, conflicts } = await mergeTrees(repository, pair, { signal })
    if (!isClean) return cannotMerge(conflicts)
    const { record } = await this.#slots.commit(slot.slot, { ...put, tree, base, message: 'inputs' })
    this.#options.onExtended?.(request, request.inputs, record.tip)
    return this.#provision(record, request)
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
    const settle = async (settled: SettleRequest): Promise<Settlement> => {
      // Those who have just got a slot go first: a tool waits for them, and nobody but the queue for this.
      await Promise.allSettled(this.#opening)
      const settlement = await settleWork({
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
      if (settlement.kind !== 'settled' || settlement.commit === undefined) return settlement
      const now = await this.#slots.get(slot.slot)
      const problem = await pushBranch(this.#options.repository, now, request.run.remote)
      return problem === undefined
        ? settlement
        : { ...settlement, warnings: [...settlement.warnings, problem] }
    }
    return { path: slot.path, env, settle }
  }

  /** Runs what a workstream wants done when its worktree is given up, with the names and ports that its tasks had. */
  async tearDown(of: OfRound, commands: WorkspaceRequest['workstream']['teardown']): Promise<void> {
    const slot = await this.#rounds.find(of)
    // What was made ahead was never set up.
    if (slot === undefined || isAhead(slot) || commands.length === 0) return
    const { repository, env, logFile } = this.#options
    await unprovisionSlot(repository, slot, {
      teardown: commands.map(shellLine),
      provisioned: { env: await slotEnvironment(repository, slot) },
      logFile: logFile(of),
      env,
    })
  }
}

function cannotMerge(conflicts: readonly ConflictWithHunks[]): WorkspaceAnswer {
  const paths = conflicts.map(({ path }) => path).join(', ')
  const detail = `what it is built on does not merge: ${paths}`
  return { isOpen: false, failure: { reason: 'infrastructure', detail } }
}

/** Set-up lines run in a shell; a list of arguments is quoted for it. */
function shellLine(command: string | readonly string[]): string {
  if (typeof command === 'string') return command
  return command.map((word) => `'${word.replaceAll("'", String.raw`'\''`)}'`).join(' ')
}
