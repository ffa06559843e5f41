import type { Readiness } from '@ws/tools'
import type { Instance } from '../instance/instance.ts'
import type { SettledTurn, TurnRequest } from '../instance/turn.ts'
import { wakeAfter } from '../platform/timers.ts'
import type { PoolEvent } from '../pool/pool-event.ts'
import type { EndTimes } from '../process/tool-process.ts'
import { CrashGuard } from './crash-guard.ts'
import type { Place, PlaceCondition, PlaceListener } from './place.ts'
import { LivingInstances, type Started } from './living-instances.ts'
import type { SpawnContext } from './spawn-instance.ts'

/**
 * A process for each turn. The answer is given once the process is gone, or was ended after its grace: whoever
 * reads the directory then meets nobody.
 */
export class OneShotPlace implements Place {
  readonly capacity = 1
  readonly isStarting = false
  readonly #index: number
  readonly #context: SpawnContext
  readonly #emit: (event: PoolEvent) => void
  readonly #listener: PlaceListener
  readonly #crashes: CrashGuard
  readonly #living: LivingInstances
  #condition: PlaceCondition = 'new'
  #brokenUntil: number | undefined
  #cancelWait = () => {}
  #running:
    { readonly stop: AbortController; instance?: Instance; readonly over: Promise<unknown> } | undefined
  #returnCode: number | null = null

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
    return this.#running?.instance
  }

  get condition(): PlaceCondition {
    return this.#condition
  }

  get returnCode(): number | null {
    return this.#returnCode
  }

  get brokenUntil(): number | undefined {
    return this.#brokenUntil
  }

  start(): Promise<Readiness> {
    if (this.#condition !== 'closed') this.#condition = 'up'
    this.#listener.changed()
    return Promise.resolve({ isReady: true })
  }

  canRun(_: TurnRequest, inFlight: number): boolean {
    return this.#condition === 'up' && inFlight === 0
  }

  async run(turn: TurnRequest): Promise<SettledTurn> {
    const stop = new AbortController()
    const over = Promise.withResolvers<void>()
    this.#running = { stop, over: over.promise }
    try {
      return await this.#runIn(turn, stop)
    } finally {
      this.#running = undefined
      over.resolve()
    }
  }

  async restart(): Promise<Readiness> {
    this.interrupt()
    await this.#running?.over
    this.#cancelWait()
    this.#brokenUntil = undefined
    return this.start()
  }

  interrupt(): void {
    this.#running?.stop.abort()
    this.#running?.instance?.interrupt()
  }

  tidy(): void {}

  noteSuccess(): void {
    if (this.#crashes.noteSuccess()) this.#emit({ type: 'breaker.closed', index: this.#index })
  }

  async close(times: EndTimes, { force }: { readonly force: boolean }): Promise<void> {
    this.#condition = 'closed'
    this.#cancelWait()
    this.#running?.stop.abort()
    await Promise.all([this.#living.endAll(times, force), this.#running?.over])
  }

  async #runIn(turn: TurnRequest, stop: AbortController): Promise<SettledTurn> {
    const { adapter, settings } = this.#context
    const { cwd, session: name, known } = turn
    const session =
      name !== undefined && known !== undefined && adapter.traits.resumes ? { name, known } : undefined
    const signal = turn.signal === undefined ? stop.signal : AbortSignal.any([turn.signal, stop.signal])
    let started: Started
    try {
      started = await this.#living.start({ index: this.#index, mode: 'one-shot', cwd, session, signal })
    } catch (error) {
      if (!signal.aborted) throw error
      return { isDone: false, failure: { reason: 'interrupted', by: 'cancelled' }, turn: undefined }
    }
    const { instance, readiness } = started
    if (this.#running !== undefined) this.#running.instance = instance
    const settled = readiness.isReady ? await instance.run({ ...turn, signal }) : undefined
    const { endOfInputMs, termMs } = { endOfInputMs: settings.exitGraceMs, termMs: settings.termMs }
    const death = await instance.end({ cause: 'closed' }, { endOfInputMs, termMs })
    this.#returnCode = death.returnCode
    if (settled === undefined || 'isUnfit' in settled)
      return {
        isDone: false,
        failure: readiness.isReady ? { reason: 'crashed', detail: death.detail } : readiness.failure,
        turn: undefined,
      }
    if (!settled.isDone && settled.failure.reason === 'crashed') this.#noteCrash(death.detail)
    return settled
  }

  /** There is nothing to start again; a loop of crashes is still given up for a while. */
  #noteCrash(detail: string): void {
    const { clock } = this.#context
    this.#emit({ type: 'instance.crashed', index: this.#index, detail, returnCode: this.#returnCode })
    const after = this.#crashes.noteCrash()
    if (after.is !== 'open' || this.#condition === 'closed') return
    const { waitMs, crashes } = after
    this.#condition = 'broken'
    this.#brokenUntil = clock.monotonic() + waitMs
    this.#cancelWait = wakeAfter(clock, waitMs, () => {
      this.#brokenUntil = undefined
      void this.start()
    })
    this.#emit({ type: 'breaker.opened', index: this.#index, crashes, waitMs, detail })
    this.#listener.changed()
  }
}
