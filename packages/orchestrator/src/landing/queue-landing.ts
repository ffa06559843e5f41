import {
  type Check,
  isWsError,
  type Landing,
  type LandingChange,
  type LandingContext,
  type LandingOutcome,
  type LandingRequest,
  WsError,
} from '@ws/core'
import type { EntryView, MergeQueue } from '@ws/merge-queue'
import { Arrivals } from './arrivals.ts'
import { type CheckDefinitions, checkName, definitions } from './check-definitions.ts'
import { obeyOrder, type QueueOrder, type QueueStand } from './queue-order.ts'

/** What a queue landing is made of. */
export interface QueueLandingParts {
  /** Opens the queue with further checks; with a remote, every target is pushed there before it moves here. */
  readonly open: (remote: string | undefined, told: CheckDefinitions) => Promise<MergeQueue>
  readonly checksOf: (runId: string) => Readonly<Record<string, Check>>
  /** In which environment the checks of a run are run, where that is not this process's for all. */
  readonly environmentOf: (runId: string) => string | undefined
  /** Where a run wants its target pushed. */
  readonly remoteOf: (runId: string) => string | undefined
  /** Whether a branch has not followed yet what has landed on it. */
  readonly isBehind: () => Promise<boolean>
}

/**
 * The merge queue as the place where rounds land. It is opened when the first round wants to land: only then is known
 * which checks the rounds of an earlier life were waiting for.
 */
export class QueueLanding implements Landing {
  readonly #parts: QueueLandingParts
  /** What was said of a landing before the queue knew of it. */
  readonly #early = new Map<string, LandingChange>()
  readonly #arrivals = new Arrivals()
  #opening: Promise<MergeQueue> | undefined
  #queue: MergeQueue | undefined
  /** Checks that came with orders. */
  #told: CheckDefinitions = {}
  /** Where the open queue pushes. */
  #remote: string | undefined
  #landing = 0
  #following: Promise<void> = Promise.resolve()
  #isClosed = false

  constructor(parts: QueueLandingParts) {
    this.#parts = parts
  }

  async land(request: LandingRequest, context: LandingContext): Promise<LandingOutcome> {
    const opening = this.#queueFor(this.#parts.remoteOf(request.runId))
    // Nothing is pushed for a run that does not want it, and nothing that should be is kept back in silence.
    if (opening === undefined) return { kind: 'infrastructure', detail: otherRemote(this.#remote) }
    this.#landing += 1
    try {
      return await this.#land(await opening, request, context)
    } finally {
      this.#landing -= 1
    }
  }

  async #land(
    queue: MergeQueue,
    request: LandingRequest,
    { signal, onHeld }: LandingContext,
  ): Promise<LandingOutcome> {
    this.#queue = queue
    // What it is built on may still be worked on: then nobody has asked for that landing yet.
    for (const { id } of queue.list()) this.#arrivals.arrive(id)
    await this.#arrivals.all(request.after, signal)
    const known = queue.get(request.key)
    if (known === undefined) await this.#add(queue, request)
    else if (request.attempt > 1) await this.#again(queue, known, request)
    this.#arrivals.arrive(request.key)
    const early = this.#early.get(request.key)
    this.#early.delete(request.key)
    if (early !== undefined) this.change(request.key, early)
    const tellHeld = () => {
      if (queue.get(request.key)?.reason === 'approval') onHeld()
    }
    const stop = queue.events.on('*', tellHeld)
    try {
      return outcomeOf(await queue.settled(request.key, { signal }))
    } finally {
      stop()
    }
  }

  change(key: string, change: LandingChange): void {
    const queue = this.#queue
    const entry = queue?.get(key)
    if (queue === undefined || entry === undefined) {
      this.#early.set(key, { ...this.#early.get(key), ...change })
      return
    }
    const { level, isApproved, isWithdrawing } = change
    if (level !== undefined && level !== entry.spec.level) ask(() => queue.relevel(key, level))
    if (isApproved === true) ask(() => queue.approve(key))
    // Past its intent the queue refuses, and the landing's own outcome is told.
    if (isWithdrawing === true) ask(() => queue.remove(key))
  }

  /** Does what a person asks of the queue. @throws what it refuses, `WS_QUEUE_CLOSED` */
  async order(order: QueueOrder): Promise<readonly QueueStand[]> {
    if (order.does === 'add') this.#told = { ...this.#told, ...order.definitions }
    const queue = this.#isClosed ? undefined : await (this.#opening ?? this.#queueFor(undefined))
    if (queue === undefined || this.#isClosed)
      throw new WsError('WS_QUEUE_CLOSED', 'the queue is being closed', { hint: 'say it again' })
    this.#queue = queue
    if (order.does === 'add') await queue.define(order.definitions)
    return obeyOrder(queue, order)
  }

  /** Resolves when every branch has followed what landed on it, or stays behind since a person's files are in the way. */
  follow(): Promise<void> {
    this.#following = this.#following.then(() => this.#follow()).catch(() => {})
    return this.#following
  }

  async #follow(): Promise<void> {
    if (this.#isClosed || !(await this.#parts.isBehind()) || this.#isClosed) return
    // An earlier life may have landed it: then nobody has opened the queue yet.
    const queue = await (this.#opening ?? this.#queueFor(undefined))
    await queue?.sync()
  }

  /** The queue that pushes there and nowhere else; nothing while another one is being landed with. */
  #queueFor(remote: string | undefined): Promise<MergeQueue> | undefined {
    const before = this.#opening
    if (before !== undefined && this.#remote === remote) return before
    if (this.#landing > 0) return undefined
    this.#remote = remote
    const opening = (async () => {
      await (await before?.catch(() => undefined))?.close()
      return this.#parts.open(remote, this.#told)
    })()
    this.#opening = opening
    // Whoever lands next tries again.
    opening.catch(() => {
      if (this.#opening === opening) this.#opening = undefined
    })
    return opening
  }

  async close(): Promise<void> {
    this.#isClosed = true
    await this.#following
    await (await this.#opening?.catch(() => undefined))?.close()
  }

  async #add(queue: MergeQueue, request: LandingRequest): Promise<void> {
    const { work, runId } = request
    const defined = this.#parts.checksOf(runId)
    const environment = this.#parts.environmentOf(runId)
    const named = (name: string) => checkName(name, defined[name], environment)
    await queue.define(definitions(defined, [...work.checks, ...work.advisory], environment))
    await queue.add({
      id: request.key,
      branch: request.branch,
      commit: request.commit,
      base: request.base,
      target: work.target,
      level: work.priority ?? request.level,
      after: [...request.after],
      claims: request.claims.map(({ path, mode, exclude }) => ({
        path,
        mode,
        ...(exclude === undefined ? {} : { exclude: [...exclude] }),
      })),
      checks: work.checks.map(named),
      advisory: work.advisory.map(named),
      approve: work.approve,
      method: work.method,
      message: request.subject,
      trailers: { ...request.trailers },
    })
  }

  /** The round is landed once more: with what its branch holds now. */
  async #again(
    queue: MergeQueue,
    { state, spec }: EntryView,
    { key, commit, base }: LandingRequest,
  ): Promise<void> {
    if (state === 'MERGED' || state === 'MERGING') return
    if (spec.commit !== commit || spec.base !== base) await queue.update(key, { commit, base })
    if (state === 'FAILED' || state === 'CONFLICTED' || state === 'CANCELLED') await queue.retry(key)
  }
}

function otherRemote(remote: string | undefined): string {
  return remote === undefined
    ? 'other runs land here now that are not to be pushed: land this one after them'
    : `other runs push to ${remote} what lands here now: land this one after them`
}

/** A wish that comes too late is none: what became of the entry is told anyway. */
function ask(wish: () => Promise<void>): void {
  wish().catch((error: unknown) => {
    if (!isWsError(error)) throw error
  })
}

function outcomeOf({ state, problem, landedAs }: EntryView): LandingOutcome {
  if (state === 'MERGED') return { kind: 'landed', commit: landedAs ?? '' }
  if (state === 'CANCELLED') return { kind: 'withdrawn' }
  switch (problem?.reason) {
    case 'conflicted':
      return { kind: 'conflicted', paths: problem.conflicts.map(({ path }) => path) }
    case 'check-failed':
      return { kind: 'rejected', checks: problem.checks.map(({ name }) => name) }
    case 'impossible':
    case 'infrastructure':
      return { kind: 'infrastructure', detail: problem.detail }
    case undefined:
      return { kind: 'lost' }
  }
}
