import { type CommandAnswer, type EventFeed, isWsError, WsError } from '@ws/core'
import { parseObjectId, type Repository } from '@ws/git'
import { viewEntry, viewQueue } from '../queue/entry-view.ts'
import type { EntryView, QueueView } from '../queue/entry-view.ts'
import type { QueueEvent } from '../queue/queue-event.ts'
import type { QueueCommand } from '../queue/queue-input.ts'
import type { QueueState } from '../queue/queue-state.ts'
import type { Pins } from '../candidate/pins.ts'
import { EntryInput } from './entry-input.ts'
import { explainEntry, type EntryExplanation } from './explain-standing.ts'
import type { QueueDriver } from './queue-driver.ts'
import type { QueueOptions, QueueOptionsInput } from './queue-options.ts'
import { parseInput } from './parse-input.ts'
import { PinKeeper } from './pin-keeper.ts'
import { toEntrySpec } from './to-entry-spec.ts'
import { type TargetStanding, viewTargets } from './view-targets.ts'
import { isOpen, isQuiet, type QueueHost, waitUntil } from './wait-until.ts'

/** The parts that `openMergeQueue` puts together. */
export interface MergeQueueParts {
  readonly repository: Repository
  readonly epoch: number
  readonly pins: Pins
  readonly host: QueueHost
  readonly driver: QueueDriver
  readonly options: QueueOptions
  /** Defines checks, or defines them anew. */
  readonly define: (checks: unknown) => Promise<void>
  /** Takes the programs that git may run in a checkout as they are now. */
  readonly acceptConfiguration: () => Promise<void>
  /** Ends what the parts stand on, once the host has ended. */
  readonly release: () => Promise<void>
}

type CommandBody = QueueCommand extends infer Command
  ? Command extends { readonly commandId: string }
    ? Omit<Command, 'commandId'>
    : never
  : never

/**
 * The merge queue of one repository: what is added lands, one verified state of the target after another. It acts
 * during `process()`, or from `start()` on; until then it only takes orders.
 */
export class MergeQueue implements AsyncDisposable {
  readonly #parts: MergeQueueParts
  #commands = 0
  #isStarted = false
  #closing: Promise<void> | undefined
  readonly #keeper: PinKeeper

  /** Use `openMergeQueue`. */
  constructor(parts: MergeQueueParts) {
    this.#parts = parts
    this.#keeper = new PinKeeper(parts.pins, parts)
    // A host that could not store a step has forgotten its state: nobody acts for it any more.
    parts.host.ended.catch(() => parts.driver.close())
  }

  /** What has been decided. It changes with every step: read, never keep. */
  get state(): QueueState {
    return this.#parts.host.state
  }

  /** What happened, numbered and in order, from now on. */
  get events(): EventFeed<QueueEvent> {
    return this.#parts.host.events
  }

  /**
   * Queues a branch as it stands now. Adding the same id again gives the entry that is there.
   * @throws `WS_QUEUE_ENTRY`, `WS_GIT_NO_SUCH_COMMIT`, `WS_CHECK_UNKNOWN`, `WS_ENTRY_EXISTS`, `WS_ENTRY_UNKNOWN`
   */
  async add(input: EntryInput): Promise<EntryView> {
    const { repository, options, pins } = this.#parts
    const parsed = parseInput(EntryInput, input, 'WS_QUEUE_ENTRY')
    const known = parsed.id === undefined ? undefined : this.get(parsed.id)
    const entry = await toEntrySpec(repository, parsed, options).catch((error: unknown) => {
      // It was added before, and its branch is gone since: that changes nothing about the entry.
      if (known !== undefined && isWsError(error, 'WS_GIT_NO_SUCH_COMMIT')) return undefined
      throw error
    })
    if (entry === undefined) return this.#require(parsed.id ?? '')
    const commit = parseObjectId(entry.commit)
    await pins.keepEntry(entry.id, commit)
    await this.#command({ type: 'entry.add', entry })
    // What nobody knew of yet may have been swept meanwhile.
    if (isOpen(this.state, entry.id)) await pins.keepEntry(entry.id, commit)
    return this.#require(entry.id)
  }

  /**
   * Defines further checks, as `checks` of the options does; one of the same name is defined anew.
   * @throws `WS_QUEUE_OPTIONS`
   */
  define(checks: NonNullable<QueueOptionsInput['checks']>): Promise<void> {
    return this.#parts.define(checks)
  }

  /** Gives an entry the commit that its branch holds now, or another one: it was repaired. */
  async update(
    id: string,
    change: { readonly commit?: string; readonly base?: string } = {},
  ): Promise<EntryView> {
    const { repository, pins } = this.#parts
    const { spec } = this.#require(id)
    const commit = await repository.resolveCommit(change.commit ?? spec.branch)
    const base = change.base === undefined ? spec.base : await repository.resolveCommit(change.base)
    await pins.keepEntry(id, commit)
    await this.#command({
      type: 'entry.update',
      entryId: id,
      commit,
      ...(base === undefined ? {} : { base }),
    })
    if (isOpen(this.state, id)) await pins.keepEntry(id, commit)
    return this.#require(id)
  }

  /**
   * Acts until nothing can move any more, and resolves with every entry that was live meanwhile: landed, failed, or
   * waiting for a person. An abort stops new work and rejects; what goes on goes on until `close`.
   */
  async process({ signal }: { readonly signal?: AbortSignal } = {}): Promise<readonly EntryView[]> {
    const { host, driver } = this.#parts
    signal?.throwIfAborted()
    const concerned = new Set<string>()
    for (const { id } of this.list()) if (isOpen(this.state, id)) concerned.add(id)
    const stopListening = host.events.on('landing.queued', ({ event }) => concerned.add(event.entry.id))
    try {
      // What a person did to a target since the last look comes before whatever lands on it.
      await this.#lookEverywhere()
      driver.act()
      await waitUntil(this.#parts, () => isQuiet(this.#parts), signal)
    } finally {
      stopListening()
      if (!this.#isStarted) driver.hold()
    }
    await this.#keeper.sweep()
    return [...concerned].flatMap((id) => this.get(id) ?? [])
  }

  /** Acts from now on until it is closed. */
  start(): void {
    this.#isStarted = true
    this.#parts.driver.act()
  }

  /** Live entries in the order in which they land, then those that have ended, the newest first. */
  list(): readonly EntryView[] {
    return this.view().entries
  }

  /** The whole queue with its targets. */
  view(): QueueView {
    return viewQueue(this.#parts.host.state, this.#parts.repository.clock.now())
  }

  /** The targets as they stand, with what is in the way of their branches. */
  targets(): readonly TargetStanding[] {
    return viewTargets(this.view(), this.#parts.driver)
  }

  get(id: string): EntryView | undefined {
    return viewEntry(this.#parts.host.state, id, this.#parts.repository.clock.now())
  }

  /** Resolves when an entry has landed or left the queue, and nobody is being asked about it any more. */
  async settled(id: string, { signal }: { readonly signal?: AbortSignal } = {}): Promise<EntryView> {
    this.#require(id)
    await waitUntil(this.#parts, () => !isOpen(this.state, id), signal)
    return this.#require(id)
  }

  /** Why an entry is where it is: for programs, and as a sentence. */
  why(id: string): EntryExplanation {
    return explainEntry(this.#require(id), this.targets(), this.#parts.repository.clock.now())
  }

  /** Takes an entry out of the queue. @throws `WS_LANDING_INTENDED`, `WS_ENTRY_STATE`, `WS_ENTRY_UNKNOWN` */
  remove(id: string): Promise<void> {
    return this.#command({ type: 'entry.remove', entryId: id })
  }

  /** Queues a failed, conflicted or removed entry again. */
  retry(id: string): Promise<void> {
    return this.#command({ type: 'entry.retry', entryId: id })
  }

  /** Puts an entry before all others. */
  jump(id: string): Promise<void> {
    return this.#command({ type: 'entry.jump', entryId: id })
  }

  /** Gives an entry another level; 0 is the most urgent. */
  relevel(id: string, level: number): Promise<void> {
    return this.#command({ type: 'entry.relevel', entryId: id, level })
  }

  /** Lets an entry land that waits for a person. */
  approve(id: string): Promise<void> {
    return this.#command({ type: 'entry.approve', entryId: id })
  }

  /** Queues an entry that undoes one that has landed. */
  async revert(id: string): Promise<EntryView> {
    const revertId = `revert/${id}`
    await this.#command({ type: 'entry.revert', entryId: id, revertId })
    return this.#require(revertId)
  }

  /** Nothing new begins on any target. */
  pause(): Promise<void> {
    return this.#command({ type: 'queue.pause' })
  }

  resume(): Promise<void> {
    return this.#command({ type: 'queue.resume' })
  }

  /** Nothing lands on a target until it is thawed. */
  freeze(target: string, because = 'somebody asked for it'): Promise<void> {
    return this.#command({ type: 'target.freeze', target, because })
  }

  /**
   * Looks at a target again and goes on. Where the branch was set back, `adopt` takes it as it stands for what was
   * landed; without it, put the branch back first.
   */
  thaw(target: string, { adopt = false }: { readonly adopt?: boolean } = {}): Promise<void> {
    return this.#command({ type: 'target.thaw', target, ...(adopt ? { adopt } : {}) })
  }

  /**
   * Looks at every target now, brings branches forward where that is safe, and says how they stand.
   * @param options.acceptConfiguration lets git run in a checkout although the configuration names other programs
   */
  async sync({ acceptConfiguration = false }: { readonly acceptConfiguration?: boolean } = {}): Promise<
    readonly TargetStanding[]
  > {
    if (acceptConfiguration) await this.#parts.acceptConfiguration()
    await this.#lookEverywhere()
    return this.targets()
  }

  /** Ends gracefully: checks are ended, a landing past its intent is waited for. */
  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  async #close(): Promise<void> {
    const { host, driver, release } = this.#parts
    try {
      await host.close()
      // A host that has died leaves this to us.
      await driver.close()
      await this.#keeper.sweep()
    } finally {
      await release()
    }
  }

  async #lookEverywhere(): Promise<void> {
    const { driver, host } = this.#parts
    // A target's first watch begins with the step that named the target.
    await host.idle()
    driver.look()
    await driver.looked()
    await host.idle()
    await driver.looked()
  }

  async #command(body: CommandBody): Promise<void> {
    const commandId = `${this.#parts.epoch}.${++this.#commands}`
    const answer: CommandAnswer = await this.#parts.host.send({ ...body, commandId })
    if (answer.ok) return
    throw new WsError(answer.code, answer.message, answer.hint === undefined ? {} : { hint: answer.hint })
  }

  #require(id: string): EntryView {
    const entry = this.get(id)
    if (entry !== undefined) return entry
    throw new WsError('WS_ENTRY_UNKNOWN', `there is no entry ${JSON.stringify(id)}`, {
      details: {
        id,
        entries: this.list()
          .map((each) => each.id)
          .slice(0, 20),
      },
      hint: 'see `list()`',
    })
  }
}
