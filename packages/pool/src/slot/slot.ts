import { explainFailure } from '@ws/core'
import type { Readiness } from '@ws/tools'
import type { ProcessUsage } from '../platform/process-table.ts'
import type { SettledTurn, TurnRequest } from '../instance/turn.ts'
import type { PoolEvent } from '../pool/pool-event.ts'
import type { EndTimes } from '../process/tool-process.ts'
import { Latency } from './latency.ts'
import { forgottenBecause, lostTurn } from './lost-turn.ts'
import { OneShotPlace } from './one-shot-place.ts'
import type { Place, PlaceCondition } from './place.ts'
import type { SpawnContext } from './spawn-instance.ts'
import { WarmPlace } from './warm-place.ts'

/** What a slot tells its pool. */
export interface SlotListener {
  emit(event: PoolEvent): void
  /** It takes prompts again, or takes none any more. */
  changed(slot: Slot): void
}

/** One of the numbered instances of a pool: a place where turns are run, and what is counted about it. */
export class Slot {
  readonly index: number
  readonly latency = new Latency()
  readonly place: Place
  readonly #context: SpawnContext
  readonly #listener: SlotListener
  /** The conversations that have a turn in flight. */
  readonly #talking = new Set<string>()
  #inFlight = 0
  #turns = 0
  #failures = 0
  #restarts = 0
  #lastProblem: string | undefined
  #isUnsure = false

  constructor(
    index: number,
    context: SpawnContext,
    listener: SlotListener & { readonly isOneShot: boolean },
  ) {
    this.index = index
    this.#context = context
    this.#listener = listener
    const of = {
      emit: (event: PoolEvent) => listener.emit(event),
      problem: (detail: string) => {
        this.#lastProblem = detail
        this.#isUnsure = true
      },
      restarted: () => {
        this.#restarts += 1
        listener.emit({ type: 'instance.restarted', index, restarts: this.#restarts })
      },
      changed: () => {
        this.place.tidy(this.#inFlight === 0)
        listener.changed(this)
      },
    }
    this.place = listener.isOneShot ? new OneShotPlace(index, context, of) : new WarmPlace(index, context, of)
  }

  get condition(): PlaceCondition {
    return this.place.condition
  }

  get inFlight(): number {
    return this.#inFlight
  }

  /** Turns that were begun, over all its processes. */
  get turns(): number {
    return this.#turns
  }

  get failures(): number {
    return this.#failures
  }

  get restarts(): number {
    return this.#restarts
  }

  /** What went wrong last was not followed by a turn that went well. */
  get isUnsure(): boolean {
    return this.#isUnsure
  }

  /** What its process and what that started used at the last look. */
  get usage(): ProcessUsage | undefined {
    return this.place.instance?.usage
  }

  get lastProblem(): string | undefined {
    return this.#lastProblem
  }

  /** Whether some turn could begin now. */
  get hasRoom(): boolean {
    return this.#inFlight < this.place.capacity && this.place.condition === 'up'
  }

  /** Whether this turn could begin now. */
  canRun(turn: TurnRequest): boolean {
    if (turn.session !== undefined && this.#talking.has(turn.session)) return false
    return this.place.canRun(turn, this.#inFlight)
  }

  /** Runs a turn that `canRun` allowed. Never rejects. */
  async run(turn: TurnRequest): Promise<SettledTurn> {
    const { index } = this
    this.#inFlight += 1
    this.#turns += 1
    if (turn.session !== undefined) this.#talking.add(turn.session)
    this.#listener.emit({ type: 'turn.started', index })
    let settled: SettledTurn
    try {
      settled = await this.#converse(turn)
    } catch (error) {
      // A tool that cannot be started, or an adapter that throws, is the turn's failure: others go on.
      const detail = error instanceof Error ? error.message : String(error)
      settled = { isDone: false, failure: { reason: 'infrastructure', detail }, turn: undefined }
    }
    if (settled.isDone) {
      this.latency.add(settled.turn.durationMs)
      this.#isUnsure = false
      this.place.noteSuccess()
      this.#listener.emit({ type: 'turn.completed', index, durationMs: settled.turn.durationMs })
    } else {
      this.#failures += 1
      this.#lastProblem = explainFailure(settled.failure)
      // Who was told to stop has done nothing wrong.
      this.#isUnsure ||= settled.failure.reason !== 'interrupted'
      this.#listener.emit({ type: 'turn.failed', index, failure: settled.failure })
    }
    if (turn.session !== undefined) this.#talking.delete(turn.session)
    this.#inFlight -= 1
    this.place.tidy(this.#inFlight === 0)
    return settled
  }

  /** A conversation that the tool does not have any more begins anew, where it may. */
  async #converse(turn: TurnRequest): Promise<SettledTurn> {
    const settled = await this.place.run(turn)
    const forgotten = forgottenBecause(turn, settled, this.#context.adapter)
    if (forgotten === undefined) return settled
    const { session, because } = forgotten
    this.#listener.emit({ type: 'session.lost', index: this.index, session })
    return turn.mayBeginAnew
      ? this.place.run({ ...turn, known: undefined })
      : lostTurn(session, `the tool ${because}`)
  }

  /** Starts it; resolves when it takes prompts or is known not to. */
  start(): Promise<Readiness> {
    return this.place.start()
  }

  /** Puts a new process in the place of the one that is there. */
  restart(): Promise<Readiness> {
    if (this.condition === 'new') return Promise.resolve({ isReady: false, failure: { reason: 'lost' } })
    return this.place.restart()
  }

  /** Looks at what its process uses, and does what is due. */
  async look(): Promise<void> {
    const { instance } = this.place
    await instance?.look()
    // What ended while it was looked at uses nothing, and nobody would take that back.
    if (instance !== undefined && instance.state !== 'dead')
      this.#context.limits.report(instance, instance.usage?.rssBytes)
    this.place.tidy(this.#inFlight === 0)
  }

  close(times: EndTimes, { force = false }: { readonly force?: boolean } = {}): Promise<void> {
    return this.place.close(times, { force })
  }
}
