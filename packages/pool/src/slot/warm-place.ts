import { explainFailure, invariant, isWsError, type Failure } from '@ws/core'
import type { Readiness } from '@ws/tools'
import type { Instance, InstanceDeath } from '../instance/instance.ts'
import type { SettledTurn, TurnRequest } from '../instance/turn.ts'
import { wakeAfter } from '../platform/timers.ts'
import type { PoolEvent, RecycleReason } from '../pool/pool-event.ts'
import type { EndTimes } from '../process/tool-process.ts'
import { CrashGuard } from './crash-guard.ts'
import type { Place, PlaceCondition, PlaceListener } from './place.ts'
import { recycleReason } from './recycling.ts'
import { LivingInstances, type Started } from './living-instances.ts'
import type { SpawnContext, SpawnRequest } from './spawn-instance.ts'

/*
 *   new ──► starting ──► up ◄─┐
 *            ▲  ▲ │       │   │ recycled: the next one was warm
 *            │  │ │       ├───┘
 *            │  │ ▼       ▼
 *            │ waiting ◄─ crashed ──► down   (restart: manual)
 *            │            │
 *            └── broken ◄─┘                  (one try after the cool-down)
 *   closed from everywhere
 */
type Phase =
  | { readonly is: 'new' | 'down' | 'closed' }
  | { readonly is: 'starting'; readonly stop: AbortController }
  | { readonly is: 'up'; readonly instance: Instance }
  | { readonly is: 'waiting' | 'broken'; readonly until: number; readonly cancel: () => void }

const mayFollow: Readonly<Record<Phase['is'], readonly Phase['is'][]>> = {
  new: ['starting', 'closed'],
  starting: ['starting', 'up', 'waiting', 'broken', 'down', 'closed'],
  up: ['up', 'starting', 'waiting', 'broken', 'down', 'closed'],
  waiting: ['starting', 'closed'],
  broken: ['starting', 'closed'],
  down: ['starting', 'closed'],
  closed: [],
}

const conditions: Readonly<Record<Phase['is'], PlaceCondition>> = {
  new: 'new',
  starting: 'coming',
  waiting: 'coming',
  up: 'up',
  broken: 'broken',
  down: 'down',
  closed: 'closed',
}

interface Spare {
  readonly because: RecycleReason
  /** Set once it takes prompts. */
  instance?: Instance
}

/** A place with a process that stays: it is started, restarted after crashes, and replaced before it grows old. */
export class WarmPlace implements Place {
  readonly #index: number
  readonly #context: SpawnContext
  readonly #emit: (event: PoolEvent) => void
  readonly #listener: PlaceListener
  readonly #crashes: CrashGuard
  readonly #living: LivingInstances
  #phase: Phase = { is: 'new' }
  #returnCode: number | null = null
  #spare: Spare | undefined
  #restart: Promise<Readiness> | undefined

  constructor(
    index: number,
    context: SpawnContext,
    listener: PlaceListener & { readonly emit: (event: PoolEvent) => void },
  ) {
    this.#index = index
    this.#context = context
    this.#listener = listener
    this.#emit = listener.emit
    this.#living = new LivingInstances(context, listener.emit)
    const { backoff, breaker } = context.settings
    this.#crashes = new CrashGuard({ backoff, breaker, key: `${context.adapter.tool}/${index}` })
  }

  get instance(): Instance | undefined {
    return this.#phase.is === 'up' ? this.#phase.instance : undefined
  }

  get condition(): PlaceCondition {
    return conditions[this.#phase.is]
  }

  get isStarting(): boolean {
    return this.#phase.is === 'starting'
  }

  get returnCode(): number | null {
    return this.#returnCode
  }

  get brokenUntil(): number | undefined {
    return this.#phase.is === 'broken' ? this.#phase.until : undefined
  }

  get capacity(): number {
    const { adapter, settings } = this.#context
    return settings.sharedProcess && adapter.traits.sessions === 'many' ? settings.sessionsPerProcess : 1
  }

  start(): Promise<Readiness> {
    return this.#start({ cwd: this.#home })
  }

  canRun(turn: TurnRequest, inFlight: number): boolean {
    const { instance } = this
    if (instance?.takesTurns !== true || inFlight >= this.capacity) return false
    // A process can be replaced for a turn only while nobody else has one there.
    return inFlight === 0 || instance.unfit(turn) === undefined
  }

  async run(turn: TurnRequest): Promise<SettledTurn> {
    for (let tries = 0; ;) {
      const { instance } = this
      if (instance === undefined)
        return failed({ reason: 'crashed', detail: 'the instance ended before the turn' })
      const because = instance.unfit(turn)
      const result = because === undefined ? await instance.run(turn) : { isUnfit: true as const, because }
      if (!('isUnfit' in result)) return result
      // Somebody replaced it meanwhile.
      if (this.instance !== instance) continue
      invariant(tries++ < 2, 'place.new-process-fits', { because: result.because })
      const readiness = await this.#replace(instance, result.because, turn)
      if (turn.signal?.aborted) return failed({ reason: 'interrupted', by: 'cancelled' })
      if (!readiness.isReady) return failed(readiness.failure)
    }
  }

  restart(): Promise<Readiness> {
    this.#restart ??= this.#startOver().finally(() => (this.#restart = undefined))
    return this.#restart
  }

  interrupt(): void {
    this.instance?.interrupt()
  }

  tidy(isIdle: boolean): void {
    const { instance } = this
    if (instance === undefined) return
    const { recycle } = this.#context.settings
    if (recycle.turns === undefined && recycle.memoryMb === undefined && recycle.ageMs === undefined) return
    const ageMs = this.#context.clock.monotonic() - instance.startedAt
    const because = recycleReason(recycle, {
      turns: instance.turns,
      ageMs,
      rssBytes: instance.usage?.rssBytes,
    })
    if (because === undefined) return
    const spare = this.#spare
    if (spare?.instance !== undefined) {
      if (isIdle) this.#swap(instance, spare.instance, spare.because)
    } else if (spare === undefined && recycle.spare && this.#context.limits.hasRoom)
      void this.#warmUp(instance, because)
    else if (spare === undefined && isIdle) void this.#replace(instance, because)
  }

  noteSuccess(): void {
    if (this.#crashes.noteSuccess()) this.#emit({ type: 'breaker.closed', index: this.#index })
  }

  async close(times: EndTimes, { force }: { readonly force: boolean }): Promise<void> {
    const phase = this.#phase
    if (phase.is === 'starting') phase.stop.abort()
    if (phase.is === 'waiting' || phase.is === 'broken') phase.cancel()
    if (phase.is !== 'closed') this.#go({ is: 'closed' })
    await this.#living.endAll(times, force)
  }

  get #home(): string {
    return this.#context.settings.cwd ?? process.cwd()
  }

  /** Starts a process for the place, once `before` has come to its end. @throws what cannot be started at all. */
  async #start(
    request: Omit<SpawnRequest, 'index' | 'mode' | 'signal'>,
    before: () => Promise<unknown> | undefined = () => undefined,
  ): Promise<Readiness> {
    const stop = new AbortController()
    this.#go({ is: 'starting', stop })
    const isWanted = () => this.#phase.is === 'starting' && this.#phase.stop === stop
    let started: Started
    try {
      const full = { ...request, index: this.#index, mode: 'long-running', signal: stop.signal } as const
      started = await this.#living.start(full, before())
    } catch (error) {
      if (isWanted()) this.#crashed({ detail: messageOf(error), returnCode: null })
      throw error
    }
    const { instance, readiness } = started
    if (!isWanted()) void instance.end({ cause: 'closed' })
    else if (readiness.isReady) this.#settleIn(instance, readiness)
    else {
      const { returnCode } = await instance.gone
      const detail = `never took a prompt: it ${explainFailure(readiness.failure)}`
      // The tool is sound: it only does not have the conversation that it was started for.
      const isForgotten =
        request.session !== undefined && this.#context.adapter.isSessionUnknown?.(readiness.failure) === true
      if (isWanted() && isForgotten) await this.#start({ cwd: request.cwd })
      else if (isWanted()) this.#crashed({ detail, returnCode }, readiness.failure)
    }
    return readiness
  }

  #settleIn(instance: Instance, { version }: { readonly version?: string }): void {
    this.#go({ is: 'up', instance })
    void instance.gone.then((death) => {
      this.#returnCode = death.returnCode
      if (this.#phase.is === 'up' && this.#phase.instance === instance) this.#died(death)
    })
    this.#emit({ type: 'instance.ready', index: this.#index, ...(version === undefined ? {} : { version }) })
    this.#listener.changed()
  }

  /** The process in the place has ended, and nobody meant to replace it. */
  #died(death: InstanceDeath): void {
    const { cause } = death.because
    if (cause === 'exited' || cause === 'not-ready') return this.#crashed(death)
    this.#listener.problem(death.detail)
    this.#emit({ type: 'instance.stopped', index: this.#index, detail: death.detail })
    if (this.#context.settings.restart === 'auto') void this.#startAgain()
    else this.#down()
  }

  #crashed(death: { readonly detail: string; readonly returnCode: number | null }, failure?: Failure): void {
    const { detail, returnCode } = death
    const { settings, clock } = this.#context
    const index = this.#index
    this.#returnCode = returnCode
    this.#listener.problem(detail)
    this.#emit({ type: 'instance.crashed', index, detail, returnCode })
    if (settings.restart === 'manual') return this.#down()
    const { is, waitMs, crashes } = this.#crashes.noteCrash(failure?.reason)
    const cancel = wakeAfter(clock, waitMs, () => void this.#startAgain())
    this.#go({ is: is === 'open' ? 'broken' : 'waiting', until: clock.monotonic() + waitMs, cancel })
    if (is === 'open') this.#emit({ type: 'breaker.opened', index, crashes, waitMs, detail })
    else this.#emit({ type: 'instance.delayed', index, waitMs })
    this.#listener.changed()
  }

  #down(): void {
    this.#go({ is: 'down' })
    this.#listener.changed()
  }

  async #startAgain(): Promise<void> {
    try {
      const readiness = await this.#start({ cwd: this.#home })
      if (readiness.isReady) this.#listener.restarted()
    } catch {
      // What cannot be started was told as a crash, and is tried again after it.
    }
  }

  async #startOver(): Promise<Readiness> {
    if (this.#phase.is === 'waiting' || this.#phase.is === 'broken') this.#phase.cancel()
    if (this.#phase.is === 'starting') await this.#living.settled()
    const old = this.instance
    const readiness = await this.#start({ cwd: old?.cwd ?? this.#home }, () =>
      old?.end({ cause: 'restarted' }),
    )
    if (readiness.isReady) this.#listener.restarted()
    return readiness
  }

  /** Another process in the place of this one, which is gone before it comes. */
  async #replace(instance: Instance, because: RecycleReason, turn?: TurnRequest): Promise<Readiness> {
    const { session: name, known, cwd = instance.cwd } = turn ?? {}
    const { resumes } = this.#context.adapter.traits
    const session = name !== undefined && known !== undefined && resumes ? { name, known } : undefined
    try {
      const readiness = await this.#start({ cwd, session }, () =>
        instance.end({ cause: 'recycled', because }),
      )
      this.#emit({ type: 'instance.recycled', index: this.#index, because })
      return readiness
    } catch (error) {
      return { isReady: false, failure: { reason: 'infrastructure', detail: messageOf(error) } }
    }
  }

  /** Starts the next process beside the one that works. */
  async #warmUp(instance: Instance, because: RecycleReason): Promise<void> {
    const spare: Spare = { because }
    this.#spare = spare
    try {
      const request = { cwd: instance.cwd, index: this.#index, mode: 'long-running' } as const
      const { instance: next, readiness } = await this.#living.start(request)
      if (readiness.isReady && this.instance === instance) {
        spare.instance = next
        // One that dies while it waits is not used; the next turn starts another.
        void next.gone.then(() => this.#dismiss(spare))
        return this.#listener.changed()
      }
      void next.end({ cause: 'closed' })
    } catch (error) {
      this.#listener.problem(messageOf(error))
    }
    this.#dismiss(spare)
  }

  #dismiss(spare: Spare): void {
    if (this.#spare === spare) this.#spare = undefined
  }

  #swap(old: Instance, next: Instance, because: RecycleReason): void {
    this.#spare = undefined
    this.#settleIn(next, {})
    this.#emit({ type: 'instance.recycled', index: this.#index, because })
    void old.end({ cause: 'recycled', because })
  }

  #go(phase: Phase): void {
    invariant(mayFollow[this.#phase.is].includes(phase.is), 'place.legal-move', {
      from: this.#phase.is,
      to: phase.is,
    })
    this.#phase = phase
  }
}

function failed(failure: Failure): SettledTurn {
  return { isDone: false, failure, turn: undefined }
}

function messageOf(error: unknown): string {
  return isWsError(error) || error instanceof Error ? error.message : String(error)
}
