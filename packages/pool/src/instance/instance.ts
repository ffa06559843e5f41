import type { Clock, Failure } from '@ws/core'
import type { Connection, LaunchMode, Readiness, ToolAdapter, ToolSession, TurnEnd } from '@ws/tools'
import type { ProcessUsage } from '../platform/process-table.ts'
import { shortPause } from '../platform/surroundings.ts'
import { LazyAlarm, wakeAfter } from '../platform/timers.ts'
import type { CleanText } from '../process/clean-text.ts'
import { type DeathCause, describeDeath, type ProcessDeath } from '../process/death.ts'
import type { EndTimes, ToolProcess } from '../process/tool-process.ts'
import { type InstanceState, requireMove } from './instance-state.ts'
import { Sessions } from './sessions.ts'
import { TurnGuard, type TurnGuardPorts } from './turn-guard.ts'
import { cleanEvent, type SettledTurn, toTurn, type Turn, type TurnRequest } from './turn.ts'

/** What an instance is made of. */
export interface InstanceOptions {
  readonly index: number
  readonly adapter: ToolAdapter
  readonly mode: LaunchMode
  readonly cwd: string
  readonly model: string | undefined
  readonly isShared: boolean
  /** The name of the conversation that the process took up when it was started. */
  readonly takenUp?: string | undefined
  readonly clock: Clock
  readonly clean: CleanText
  /** Gets what a listener of a turn threw. */
  readonly onListenerError?: ((error: unknown) => void) | undefined
  readonly readyTimeoutMs: number
  readonly interruptMs: number
  readonly endTimes: EndTimes
}

/** How a life ended, in words. */
export interface InstanceDeath extends ProcessDeath {
  readonly detail: string
  readonly returnCode: number | null
}

/** What became of a turn here: settled, or to be done by another process. */
export type TurnResult = SettledTurn | { readonly isUnfit: true; readonly because: 'directory' | 'context' }

/**
 * One life of an instance: a process, the connection to it and its conversations. It is not started again; a slot
 * puts another in its place.
 *
 * - A turn is over when its tool has said so, or the process is proven dead. Until then `run` does not settle.
 * - Each conversation has one turn at a time; unless the process is shared there is one conversation.
 */
export class Instance {
  readonly pid: number
  /** Whether it came to take prompts, or why it never will. */
  readonly ready: Promise<Readiness>
  /** Resolves, and never rejects, when nothing of it is left. */
  readonly gone: Promise<InstanceDeath>
  readonly startedAt: number
  readonly #process: ToolProcess
  readonly #connection: Connection
  readonly #sessions: Sessions
  readonly #options: InstanceOptions
  readonly #doing = new Set<string>()
  readonly #guards = new Set<TurnGuard>()
  readonly #guardPorts: TurnGuardPorts
  readonly #alarm: LazyAlarm
  /** Who waits for the protocol to say something. */
  readonly #waiting = new Set<() => void>()
  #isAbandoned = false
  #state: InstanceState = 'spawning'
  #usage: ProcessUsage | undefined
  #turns = 0
  /** What it was at when it died, before the state changed. */
  #lastState: InstanceState = 'spawning'

  constructor(process: ToolProcess, connection: Connection, options: InstanceOptions) {
    this.#process = process
    this.#connection = connection
    this.#options = options
    this.pid = process.pid
    this.startedAt = options.clock.monotonic()
    const { cwd, isShared, model, adapter, takenUp } = options
    this.#sessions = new Sessions(connection, { traits: adapter.traits, cwd, isShared, model, takenUp })
    this.gone = process.gone.then((death) => this.#die(death))
    this.#alarm = new LazyAlarm(options.clock, () => this.#lookAtTime())
    this.#guardPorts = {
      clock: options.clock,
      interruptMs: options.interruptMs,
      lastActivity: () => process.lastActivity,
      kill: (why) => void this.end(why, { ...options.endTimes, endOfInputMs: 0 }),
    }
    void this.#abandon()
    this.ready = this.#awaitReady()
  }

  get state(): InstanceState {
    return this.#state
  }

  /** Whether a turn can begin: one that has ended may still be on its way to the grave. */
  get takesTurns(): boolean {
    return (this.#state === 'ready' || this.#state === 'busy') && !this.#process.hasExited
  }

  /** How many turns it has begun. */
  get turns(): number {
    return this.#turns
  }

  /** How many turns are in flight. */
  get inFlight(): number {
    return this.#doing.size
  }

  get returnCode(): number | null {
    return this.#process.returnCode
  }

  get cwd(): string {
    return this.#options.cwd
  }

  /** Whether a conversation goes on here. */
  hasSession(name: string): boolean {
    return this.#sessions.has(name)
  }

  /** Why it cannot serve a turn, as far as that is known beforehand. */
  unfit(turn: TurnRequest): 'directory' | 'context' | undefined {
    return this.#sessions.unfit(turn)
  }

  /** What the process and its kind used when it was last looked at. */
  get usage(): ProcessUsage | undefined {
    return this.#usage
  }

  /** Looks at what it uses now. */
  async look(): Promise<void> {
    this.#usage = await this.#process.look()
  }

  /** Asks every turn in flight to end. */
  interrupt(): void {
    for (const guard of this.#guards) guard.stop({ cause: 'aborted' })
  }

  /** One turn. Never rejects; settles when the turn is over, or the process is proven dead. */
  async run(turn: TurnRequest): Promise<TurnResult> {
    const name = `turn ${++this.#turns}`
    this.#begin(name)
    const guard = new TurnGuard(turn, this.#guardPorts)
    this.#guards.add(guard)
    this.#alarm.by(guard.firstEnd)
    try {
      return await this.#converse(turn, guard)
    } finally {
      guard.end()
      this.#guards.delete(guard)
      // Whoever has this turn's place next must not meet its process.
      if (this.#state !== 'busy') await this.gone
      this.#finish(name)
    }
  }

  /** Ends it: asks by its own protocol first, then as `ToolProcess.end` does. The first cause is kept. */
  end(
    cause: DeathCause,
    times: EndTimes = this.#options.endTimes,
    { force = false }: { readonly force?: boolean } = {},
  ): Promise<InstanceDeath> {
    if (this.#state !== 'draining' && this.#state !== 'dead') this.#move('draining')
    if (times.endOfInputMs > 0) this.#connection.close()
    void this.#process.end(cause, times, { force })
    return this.gone
  }

  async #converse(turn: TurnRequest, guard: TurnGuard): Promise<TurnResult> {
    const taking = this.#sessions.take(turn)
    const taken = 'is' in taking ? taking : await this.#orGone(taking)
    if (taken === undefined) return this.#settle(undefined, guard)
    if (taken.is === 'unfit') return { isUnfit: true, because: taken.because }
    if (taken.is === 'refused') return { isDone: false, failure: taken.failure, turn: undefined }
    const { session, give } = taken
    // It may have been told to stop while the conversation was being opened.
    if (guard.cause !== undefined) {
      give()
      return this.#settle(undefined, guard)
    }
    const canBeAsked = this.#options.adapter.traits.interrupts && this.#options.mode === 'long-running'
    guard.interrupt = () => {
      if (canBeAsked) session.interrupt()
      return canBeAsked
    }
    try {
      return this.#settle(await this.#orGone(this.#prompt(session, turn)), guard)
    } finally {
      give()
    }
  }

  /** Something may be due: of turns that were begun since the alarm was set, too. */
  #lookAtTime(): void {
    for (const guard of this.#guards) this.#alarm.by(guard.check())
  }

  /** What a caller's functions throw is theirs: it must not end the reading of a tool that others use. */
  #prompt(session: ToolSession, { text, onEvent, decide }: TurnRequest): Promise<TurnEnd> {
    const { clean, onListenerError } = this.#options
    if (onEvent === undefined && decide === undefined) return session.prompt(text)
    return session.prompt(text, {
      ...(onEvent && {
        onEvent: (event) => {
          try {
            onEvent(cleanEvent(event, clean))
          } catch (error) {
            onListenerError?.(error)
          }
        },
      }),
      ...(decide && {
        decide: async (ask) => {
          try {
            return await decide(ask)
          } catch (error) {
            onListenerError?.(error)
            return { isAllowed: false, because: 'nobody could decide it' }
          }
        },
      }),
    })
  }

  #settle(end: TurnEnd | undefined, guard: TurnGuard): SettledTurn | Promise<SettledTurn> {
    const { clock, index, clean } = this.#options
    const durationMs = clock.monotonic() - guard.startedAt
    const turn = end === undefined ? undefined : toTurn(end, { durationMs, instance: index, clean })
    const { cause } = guard
    if (cause?.cause === 'timed-out' && cause.limit !== 'ready')
      return failed({ reason: 'timed-out', afterMs: cause.afterMs, limit: cause.limit }, turn)
    if (cause !== undefined) return failed({ reason: 'interrupted', by: 'cancelled' }, turn)
    if (turn === undefined || end === undefined || end.outcome === 'lost')
      return this.gone.then((death) => failed(failureOfDeath(death), turn))
    if (end.outcome === 'completed') return { isDone: true, turn }
    if (end.outcome === 'interrupted') return failed({ reason: 'interrupted', by: 'cancelled' }, turn)
    return failed(end.failure, turn)
  }

  /**
   * A protocol that forgets a promise when its process goes must not take the turn along. Nothing of a turn stays
   * with the promise of the end, which lives as long as the process.
   */
  #orGone<T>(promise: Promise<T>): Promise<T | undefined> {
    if (this.#isAbandoned) return Promise.race([promise, Promise.resolve(undefined)])
    return new Promise((resolve, reject) => {
      const giveUp = () => resolve(undefined)
      this.#waiting.add(giveUp)
      promise.then((value) => {
        this.#waiting.delete(giveUp)
        resolve(value)
      }, reject)
    })
  }

  /** What its protocol has not said by now it will not say any more. */
  async #abandon(): Promise<void> {
    await this.gone
    await this.#process.wire.exited
    await shortPause(0)
    this.#isAbandoned = true
    for (const giveUp of this.#waiting) giveUp()
  }

  async #awaitReady(): Promise<Readiness> {
    const { clock, readyTimeoutMs, endTimes } = this.#options
    const times = { ...endTimes, endOfInputMs: 0 }
    const cancel = wakeAfter(clock, readyTimeoutMs, () => {
      void this.end({ cause: 'timed-out', limit: 'ready', afterMs: readyTimeoutMs }, times)
    })
    const readiness = await this.#orGone(this.#connection.ready)
    cancel()
    if (this.#state === 'spawning' && readiness?.isReady === true) {
      this.#move('ready')
      return readiness
    }
    const failure = readiness?.isReady === false ? readiness.failure : undefined
    const death = await this.end({ cause: 'not-ready', failure: failure ?? { reason: 'lost' } }, times)
    // What the tool said of itself tells more than that it is gone.
    const isTelling =
      failure !== undefined && failure.reason !== 'lost' && death.because.cause !== 'timed-out'
    return { isReady: false, failure: isTelling ? failure : failureOfDeath(death) }
  }

  #begin(name: string): void {
    this.#doing.add(name)
    if (this.#state === 'ready') this.#move('busy')
  }

  #finish(name: string): void {
    this.#doing.delete(name)
    if (this.#state === 'busy' && this.#doing.size === 0) this.#move('ready')
  }

  #die(death: ProcessDeath): InstanceDeath {
    this.#alarm.cancel()
    if (this.#state !== 'dead') this.#move('dead')
    const doing = [...this.#doing].join(' and ') || undefined
    const { exitCode, signal, survivors } = death
    return {
      ...death,
      exitCode,
      signal,
      survivors,
      returnCode: this.#process.returnCode,
      detail: describeDeath(death, { state: this.#lastState, doing: doing && `running ${doing}` }),
    }
  }

  #move(to: InstanceState): void {
    requireMove(this.#state, to)
    this.#lastState = this.#state
    this.#state = to
  }
}

function failed(failure: Failure, turn: Turn | undefined): SettledTurn {
  return { isDone: false, failure, turn }
}

/** Why a turn or a start failed whose process is gone. */
function failureOfDeath({ because, detail, errorTail }: InstanceDeath): Failure {
  if (because.cause === 'not-ready' && because.failure.reason !== 'lost') return because.failure
  if (because.cause === 'closed') return { reason: 'interrupted', by: 'cancelled' }
  const tail = errorTail.trim().slice(-2_000)
  return { reason: 'crashed', detail: tail === '' ? detail : `${detail}: ${tail}` }
}
