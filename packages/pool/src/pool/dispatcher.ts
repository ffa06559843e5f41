import { resolve } from 'node:path'
import type { Clock } from '@ws/core'
import type { AdapterTraits, PermissionAnswer, PermissionAsk, TurnEvent } from '@ws/tools'
import type { SettledTurn, TurnRequest } from '../instance/turn.ts'
import { lostTurn } from '../slot/lost-turn.ts'
import type { Slot } from '../slot/slot.ts'
import { unavailable } from './explain-pool.ts'
import type { PoolEvent } from './pool-event.ts'
import { checkMs, type PoolOptions, type PoolPorts } from './pool-options.ts'
import { leastBusy, type Loads, type Router } from './routing.ts'
import { SessionBook } from './session-book.ts'
import { TurnQueue } from './turn-queue.ts'
import { WaitingTurn } from './waiting-turn.ts'

/** How one prompt is to be served. */
export interface PromptOptions {
  /** Takes the prompt out of the queue, or makes its turn stop. */
  readonly signal?: AbortSignal | undefined
  /** How long the turn may take. @default the pool's `turnTimeoutMs` */
  readonly timeoutMs?: number
  /** How long the tool may be silent. @default the pool's `idleTimeoutMs` */
  readonly idleTimeoutMs?: number
  /** How long it may wait for an instance. @default the pool's `queueTimeoutMs` */
  readonly queueTimeoutMs?: number
  /** Name of the conversation that it belongs to: what was said before in it is known. */
  readonly session?: string
  /** Where the tool works. @default the pool's `cwd` */
  readonly cwd?: string
  /** Nothing that was said before is known. @default what the pool's `context` says */
  readonly isFresh?: boolean
  /**
   * Whether a turn whose conversation was lost, by its process or by its tool, is done without what was said before.
   * `session.lost` tells it either way; where it may not, the turn fails.
   * @default true
   */
  readonly mayBeginAnew?: boolean
  /** What happens during the turn. */
  readonly onEvent?: (event: TurnEvent) => void
  /** Answers what the tool asks before it writes. @default the pool's `decide`, else no */
  readonly decide?: (ask: PermissionAsk) => PermissionAnswer | Promise<PermissionAnswer>
}

/** Why a prompt was not taken. */
export type Refusal = 'closing' | 'full' | 'dead'

/** Where a prompt is to go. */
export type Destination = { readonly index: number } | { readonly router: Router } | 'any'

/** What a dispatcher works with. */
export interface DispatcherOptions {
  readonly slots: readonly Slot[]
  readonly settings: PoolOptions
  readonly traits: AdapterTraits
  readonly isOneShot: boolean
  readonly clock: Clock
  readonly decide: PoolPorts['decide']
  emit(event: PoolEvent): void
}

/**
 * The rules by which prompts get to instances. What a slot has room for goes to the first in line, never to a
 * newcomer; what waited for an instance that fails goes to another; a conversation goes on where it is.
 */
export class Dispatcher {
  readonly queue: TurnQueue
  readonly #options: DispatcherOptions
  readonly #sessions = new SessionBook()
  readonly #loads: Loads
  readonly #idleWaiters: (() => void)[] = []
  #open = 0
  #isClosed = false

  constructor(options: DispatcherOptions) {
    const { slots } = options
    this.#options = options
    this.queue = new TurnQueue(slots.length)
    this.#loads = {
      count: slots.length,
      takes: (index) => isAvailable(slots[index]) && this.#hasRoom(index),
      loadOf: (index) => (slots[index]?.inFlight ?? 0) + this.queue.boundTo(index),
      turnsOf: (index) => slots[index]?.turns ?? 0,
      sessionsOf: (index) => this.#sessions.countOf(index),
      sessions: () => this.#sessions.size,
      holdsMany: options.traits.sessions === 'many' || options.traits.resumes,
    }
  }

  /** Takes a prompt, unless it has to be refused; never waits. @throws `WS_OPTION_RANGE` for a wrong time. */
  submit(text: string, options: PromptOptions, destination: Destination): WaitingTurn | Refusal {
    checkMs('timeoutMs', options.timeoutMs)
    checkMs('idleTimeoutMs', options.idleTimeoutMs)
    checkMs('queueTimeoutMs', options.queueTimeoutMs)
    if (this.#isClosed) return 'closing'
    const request = this.#request(text, options)
    const place = this.#choose(request, destination)
    if (place === 'full' || place === 'dead') return place
    const turn = new WaitingTurn(request, {
      clock: this.#options.clock,
      queueTimeoutMs: options.queueTimeoutMs ?? this.#options.settings.queueTimeoutMs,
      boundTo: place,
      isMovable: typeof destination !== 'object' || !('index' in destination),
      onLeave: (left) => {
        this.queue.remove(left)
        this.#noteEnd()
      },
    })
    this.#open += 1
    if (request.signal?.aborted) {
      turn.fail({ reason: 'interrupted', by: 'cancelled' })
      this.#noteEnd()
      return turn
    }
    this.queue.put(turn)
    this.#dispatch(turn)
    return turn
  }

  /** Resolves when nothing waits and nothing runs. */
  async drain(): Promise<void> {
    while (this.#open > 0) await new Promise<void>((resolve) => this.#idleWaiters.push(resolve))
  }

  /** Takes no more, and fails what waits. */
  close(): void {
    this.#isClosed = true
    for (const turn of this.queue.drain()) {
      turn.fail({ reason: 'interrupted', by: 'cancelled' })
      this.#noteEnd()
    }
  }

  /** Begins what a slot has room for; what waits for one that will not work goes elsewhere. */
  serve(slot: Slot): void {
    if (this.#isClosed) return
    if (!isAvailable(slot)) return this.#moveFrom(slot)
    while (slot.hasRoom) {
      const turn = this.queue.take(slot.index, ({ request }) => slot.canRun(request))
      if (turn === undefined) return
      void this.#run(slot, turn)
    }
  }

  #request(text: string, options: PromptOptions): TurnRequest {
    const { settings, decide } = this.#options
    const { signal, session, onEvent } = options
    return {
      text,
      cwd:
        options.cwd === undefined
          ? (settings.cwd ?? process.cwd())
          : resolve(settings.cwd ?? '.', options.cwd),
      session,
      isFresh: options.isFresh ?? (settings.context === 'fresh' && session === undefined),
      mayBeginAnew: options.mayBeginAnew ?? true,
      signal,
      timeoutMs: options.timeoutMs ?? settings.turnTimeoutMs,
      idleTimeoutMs: options.idleTimeoutMs ?? settings.idleTimeoutMs,
      onEvent,
      decide: options.decide ?? decide,
    }
  }

  /** The instance that a prompt waits for; undefined where any will do. */
  #choose(request: TurnRequest, destination: Destination): number | undefined | 'full' | 'dead' {
    const { slots } = this.#options
    if (typeof destination === 'object' && 'index' in destination) {
      const slot = slots[destination.index]
      if (slot === undefined || !isAvailable(slot)) return 'dead'
      return this.#hasRoom(slot.index) ? slot.index : 'full'
    }
    if (!slots.some(isAvailable)) return 'dead'
    // A conversation goes on where it is.
    const home = request.session === undefined ? undefined : this.#sessions.find(request.session)
    if (home !== undefined && isAvailable(slots[home.index])) {
      return this.#hasRoom(home.index) ? home.index : 'full'
    }
    const { session } = request
    // Whoever does not care bounds by himself how much he asks at a time.
    if (destination === 'any' && session === undefined) return undefined
    const router = destination === 'any' ? leastBusy : destination.router
    const index = router(request, this.#loads)
    // Its next prompt, which may come before this one has been begun, has to go there too.
    if (session !== undefined && index !== undefined)
      this.#sessions.note(session, { index, known: undefined, hasBegun: false })
    return index ?? 'full'
  }

  #hasRoom(index: number): boolean {
    return this.queue.boundTo(index) < this.#options.settings.maxQueued
  }

  /** Gives a new turn to whoever may begin it at once. */
  #dispatch({ boundTo, request }: WaitingTurn): void {
    if (boundTo !== undefined) {
      const slot = this.#options.slots[boundTo]
      if (slot !== undefined) this.serve(slot)
      return
    }
    const { slots } = this.#options
    const takes = (index: number) => slots[index]?.hasRoom === true && slots[index].canRun(request)
    const best = slots[leastBusy(request, { ...this.#loads, takes }) ?? -1]
    if (best !== undefined) this.serve(best)
  }

  async #run(slot: Slot, turn: WaitingTurn): Promise<void> {
    turn.begin()
    const { request } = turn
    const { session } = request
    // Who wants nothing of what was said before has lost nothing, and takes nothing up.
    const home = session === undefined || request.isFresh ? undefined : this.#sessions.find(session)
    const known = home?.known
    const lost =
      home?.hasBegun === true && this.#isLost(slot, session, known !== undefined) ? session : undefined
    if (lost !== undefined) this.#options.emit({ type: 'session.lost', index: slot.index, session: lost })
    const settled =
      lost !== undefined && !request.mayBeginAnew
        ? lostTurn(lost, 'the process that had it is gone')
        : await slot.run(known === undefined ? request : { ...request, known })
    if (session !== undefined) this.#noteSession(slot, session, settled)
    // The freed place first: who waits for it came before whoever hears of this answer.
    this.serve(slot)
    turn.end(settled)
    this.#noteEnd()
  }

  #noteSession(slot: Slot, session: string, { turn }: SettledTurn): void {
    if (turn === undefined) return
    const known =
      turn.sessionId === undefined
        ? undefined
        : { id: turn.sessionId, ...(turn.sessionUsage === undefined ? {} : { usage: turn.sessionUsage }) }
    this.#sessions.note(session, { index: slot.index, known, hasBegun: true })
  }

  /** A conversation that the instance does not have, and cannot take up. */
  #isLost(slot: Slot, session: string | undefined, isKnown: boolean): boolean {
    if (session === undefined || (isKnown && this.#options.traits.resumes)) return false
    return this.#options.isOneShot || slot.place.instance?.hasSession(session) !== true
  }

  #moveFrom(slot: Slot): void {
    const hasOther = this.#options.slots.some(isAvailable)
    const turns = hasOther ? this.queue.drain(slot.index) : this.queue.drain()
    for (const turn of turns) {
      if (hasOther && turn.isMovable) {
        turn.boundTo = undefined
        this.queue.put(turn)
        this.#dispatch(turn)
        continue
      }
      turn.fail({ reason: 'crashed', detail: unavailable(slot, this.#options.clock) })
      this.#noteEnd()
    }
  }

  #noteEnd(): void {
    this.#open -= 1
    if (this.#open === 0) for (const resolveIdle of this.#idleWaiters.splice(0)) resolveIdle()
  }
}

function isAvailable(slot: Slot | undefined): boolean {
  return slot?.condition === 'up' || slot?.condition === 'coming'
}
