import { isWsError, WsError } from '../errors/ws-error.ts'
import type { Clock } from './clock.ts'
import type { Driver, DriverContext } from './driver.ts'
import { EventFeed } from './event-feed.ts'
import type { Journal, TimedInput } from './journal.ts'
import type { CommandAnswer, Machine, MachineEvent, MachineInput } from './machine.ts'
import { decideInto } from './machine.ts'
import { replay } from './replay.ts'

/** What a host needs: a log, a clock, and someone who acts. */
export interface HostOptions<Effect, Input> {
  readonly journal: Journal
  readonly clock: Clock
  readonly driver: Driver<Effect, Input>
  /** The leadership under which this host writes. @default 1 */
  readonly epoch?: number
  /** Steps between two snapshots; 0 for none. @default 2000 */
  readonly snapshotEvery?: number
  /** Told what a listener threw. */
  readonly onListenerError?: (error: unknown) => void
}

/**
 *   opening ──replayed, looked up──► open ──close()──► closing ──driver ended, all stored──► closed
 *                                     └──an append failed, or may have──► dead (the state is forgotten)
 */
type Phase = 'opening' | 'open' | 'closing' | 'closed' | 'dead'

interface Waiting<Input> {
  readonly input: Input
  readonly resolve: (answer: CommandAnswer) => void
  readonly reject: (error: unknown) => void
}

/**
 * Lives a machine: takes all waiting inputs, decides them one after another, appends inputs and events in one
 * transaction, then publishes, then reconciles what is wanted with what goes on. One append is in flight; what
 * arrives meanwhile is the next step. Nothing acts before the decision that wants it is durable.
 */
export class Host<State, Input extends MachineInput, Event extends MachineEvent, Effect> {
  readonly events: EventFeed<Event>
  /** Settles when the host has ended: resolves after `close`, rejects when an append failed. */
  readonly ended: Promise<void>

  readonly #machine: Machine<State, Input, Event, Effect>
  readonly #options: HostOptions<Effect, Input>
  readonly #epoch: number
  readonly #actual = new Map<string, Effect>()
  readonly #context: DriverContext<Input> = { report: (input) => this.#enqueue(input) }
  #state: State
  #version: number
  #lastAt: number
  #phase: Phase = 'opening'
  #waiting: Waiting<Input>[] = []
  #isStepping = false
  #sinceSnapshot = 0
  #alarmAt: number | undefined
  #cancelAlarm = () => {}
  #closing: Promise<void> | undefined
  #settleEnded: { resolve: () => void; reject: (error: unknown) => void } | undefined
  #idlers: (() => void)[] = []
  #death: unknown

  /** Use `openHost`. */
  constructor(
    machine: Machine<State, Input, Event, Effect>,
    options: HostOptions<Effect, Input>,
    from: { readonly state: State; readonly version: number; readonly lastAt: number },
  ) {
    this.#machine = machine
    this.#options = options
    this.#epoch = options.epoch ?? 1
    this.#state = from.state
    this.#version = from.version
    this.#lastAt = from.lastAt
    this.events = new EventFeed<Event>(options.onListenerError)
    this.ended = new Promise((resolve, reject) => (this.#settleEnded = { resolve, reject }))
    this.ended.catch(() => {})
  }

  /** What has been decided. It changes with every step: read, never keep. */
  get state(): State {
    return this.#state
  }

  /** Looks up what an earlier leadership wanted, then begins to act. */
  async recover(): Promise<void> {
    const wanted = [...this.#machine.wanted(this.#state)]
    for (const [key, effect] of wanted) this.#actual.set(key, effect)
    const found = await Promise.all(
      wanted.map(async ([key, effect]) => ({
        key,
        effect,
        result: await this.#options.driver.recover(key, effect, this.#context),
      })),
    )
    this.#phase = 'open'
    // All that was looked up is decided in one step, before anything is started anew.
    for (const { key, effect, result } of found) {
      if (result === 'adopted') continue
      this.#actual.delete(key)
      this.#enqueue(result === 'lost' ? this.#machine.lost(key, effect) : result)
    }
    this.#setAlarm()
    if (this.#waiting.length > 0) void this.#run()
  }

  /**
   * Gives the machine an input and resolves with its answer once the step is durable.
   * @throws `WS_HOST_ENDED` when the host has closed or died before that.
   */
  send(input: Input): Promise<CommandAnswer> {
    if (this.#phase === 'closed' || this.#phase === 'dead')
      return Promise.reject(endedError(this.#phase, this.#death))
    return new Promise((resolve, reject) => {
      this.#waiting.push({ input, resolve, reject })
      void this.#run()
    })
  }

  /** Resolves when every input so far is decided and stored (or the host is dead). */
  async idle(): Promise<void> {
    while (this.#isStepping) await new Promise<void>((resolve) => this.#idlers.push(resolve))
  }

  /** Ends gracefully: the driver ends what it started, and what it reports is still stored. */
  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  async #close(): Promise<void> {
    if (this.#phase === 'dead') return
    this.#phase = 'closing'
    this.#cancelAlarm()
    await this.#options.driver.close()
    await this.idle()
    if (this.#isDead()) return
    this.#phase = 'closed'
    this.events.close()
    this.#settleEnded?.resolve()
  }

  #isDead(): boolean {
    return this.#phase === 'dead'
  }

  #enqueue(input: Input): void {
    if (this.#phase === 'closed' || this.#phase === 'dead') return
    this.#waiting.push({ input, resolve: unheard, reject: unheard })
    void this.#run()
  }

  async #run(): Promise<void> {
    if (this.#isStepping || this.#phase === 'opening') return
    this.#isStepping = true
    // A report made while a driver is being started joins the next step, so let the caller finish first.
    await Promise.resolve()
    while (this.#waiting.length > 0 && !this.#isDead()) {
      const batch = this.#waiting
      this.#waiting = []
      await this.#step(batch)
    }
    this.#isStepping = false
    for (const resolve of this.#idlers.splice(0)) resolve()
  }

  async #step(batch: readonly Waiting<Input>[]): Promise<void> {
    let firstSeq: number
    const events: Event[] = []
    const inputs: TimedInput[] = []
    try {
      for (const { input } of batch) {
        const at = (this.#lastAt = Math.max(this.#lastAt, this.#options.clock.now()))
        const before = events.length
        decideInto(this.#machine, this.#state, input, at, events)
        inputs.push({ at, input, events: events.length - before })
      }
      const { stream } = this.#machine
      const draft = { stream, epoch: this.#epoch, expectedVersion: this.#version, inputs, events }
      const { version, nextSeq } = await this.#options.journal.append(draft)
      this.#version = version
      firstSeq = nextSeq - events.length
    } catch (error) {
      this.#die(error, batch)
      return
    }
    this.#publish(inputs, events, firstSeq)
    for (const { input, resolve } of batch) {
      const id = input.commandId
      resolve((id === undefined ? undefined : this.#machine.answerTo(this.#state, id)) ?? { ok: true })
    }
    if (this.#phase === 'open') this.#reconcile()
    if (this.#options.snapshotEvery !== 0) await this.#maybeSnapshot()
  }

  #publish(inputs: readonly TimedInput[], events: readonly Event[], firstSeq: number): void {
    let next = 0
    for (const { at, events: count } of inputs) {
      for (const end = next + count; next < end; next++) {
        const event = events[next]!
        if (this.events.isHeard(event.type)) this.events.publish({ seq: firstSeq + next, at, event })
      }
    }
  }

  /** Starts what is wanted and does not go on, changes what changed, stops what is wanted no more. */
  #reconcile(): void {
    const wanted = this.#machine.wanted(this.#state)
    const { driver } = this.#options
    for (const key of this.#actual.keys()) {
      if (wanted.has(key)) continue
      this.#actual.delete(key)
      driver.stop(key)
    }
    for (const [key, effect] of wanted) {
      const actual = this.#actual.get(key)
      if (actual === effect) continue
      this.#actual.set(key, effect)
      if (actual === undefined) driver.start(key, effect, this.#context)
      else driver.change(key, effect)
    }
    this.#setAlarm()
  }

  #setAlarm(): void {
    const at = this.#machine.wakeAt(this.#state)
    if (at === this.#alarmAt) return
    this.#cancelAlarm()
    this.#alarmAt = at
    if (at === undefined) return
    this.#cancelAlarm = this.#options.clock.wakeAt(at, () => {
      this.#alarmAt = undefined
      this.#enqueue(this.#machine.rang())
    })
  }

  /** Nobody may go on with a state that may not be the log's. */
  #die(error: unknown, batch: readonly Waiting<Input>[]): void {
    this.#phase = 'dead'
    this.#death = error
    this.#cancelAlarm()
    const told = endedError('dead', error)
    for (const { reject } of [...batch, ...this.#waiting]) reject(told)
    this.#waiting = []
    this.#state = this.#machine.initial()
    this.events.close()
    this.#settleEnded?.reject(isWsError(error) ? error : told)
  }

  async #maybeSnapshot(): Promise<void> {
    const every = this.#options.snapshotEvery ?? 2_000
    if (++this.#sinceSnapshot < every) return
    this.#sinceSnapshot = 0
    const { stream, version: machineVersion } = this.#machine
    const state = this.#machine.freeze(this.#state)
    const snapshot = { stream, machineVersion, version: this.#version, lastAt: this.#lastAt, state }
    // A snapshot only saves time: without it the log is read from further back.
    await this.#options.journal.saveSnapshot(snapshot).catch(() => {})
  }
}

/** Reads the log, looks up what was going on, and begins to act. */
export async function openHost<State, Input extends MachineInput, Event extends MachineEvent, Effect>(
  machine: Machine<State, Input, Event, Effect>,
  options: HostOptions<Effect, Input>,
): Promise<Host<State, Input, Event, Effect>> {
  const host = await loadHost(machine, options)
  await host.recover()
  return host
}

/**
 * Reads the log; nothing is looked up, and nothing acts, before `recover`. For drivers that read the state while they
 * look up what was going on.
 */
export async function loadHost<State, Input extends MachineInput, Event extends MachineEvent, Effect>(
  machine: Machine<State, Input, Event, Effect>,
  options: HostOptions<Effect, Input>,
): Promise<Host<State, Input, Event, Effect>> {
  await options.journal.lead(options.epoch ?? 1)
  return new Host(machine, options, await replay(machine, options.journal))
}

function endedError(phase: 'closed' | 'dead', cause?: unknown): WsError {
  const message =
    phase === 'closed' ? 'the host has closed' : 'the host ended since a step could not be stored'
  const hint =
    phase === 'closed' ? 'open another one' : 'open another one: it reads the log and goes on from there'
  return new WsError('WS_HOST_ENDED', message, { hint, cause, details: { phase } })
}

/** Nobody waits for the answer to what a driver reports. */
function unheard(): void {}
