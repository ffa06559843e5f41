import { type Clock, EventFeed, systemClock, WsError } from '@ws/core'
import type { ToolAdapter } from '@ws/tools'
import { ownProcesses } from '../platform/own-processes.ts'
import { ownEnvironment } from '../platform/surroundings.ts'
import { settlesWithin, wakeAfter } from '../platform/timers.ts'
import { openProcessLedger, type ProcessLedger, sweepOrphans } from '../process/process-ledger.ts'
import { ProcessLimits } from '../slot/process-limits.ts'
import { Slot } from '../slot/slot.ts'
import type { SpawnContext } from '../slot/spawn-instance.ts'
import { Dispatcher } from './dispatcher.ts'
import { openFailed } from './explain-pool.ts'
import type { PoolEvent } from './pool-event.ts'
import type { PoolOptions, PoolPorts } from './pool-options.ts'

/** What pool and cluster have in common: slots, the dispatcher before them, and their life from start to end. */
export class InstanceSet {
  readonly adapter: ToolAdapter
  readonly settings: PoolOptions
  readonly isOneShot: boolean
  readonly clock: Clock
  readonly events: EventFeed<PoolEvent>
  readonly slots: readonly Slot[]
  readonly dispatcher: Dispatcher
  readonly #ports: PoolPorts
  #seq = 0
  #ledger: ProcessLedger | undefined
  #starting: Promise<void> | undefined
  #closing: Promise<void> | undefined
  #looking: Promise<void> | undefined
  #cancelLook = () => {}

  constructor(adapter: ToolAdapter, count: number, settings: PoolOptions, ports: PoolPorts) {
    this.adapter = adapter
    this.settings = settings
    this.#ports = ports
    this.clock = ports.clock ?? systemClock()
    this.isOneShot = isOneShot(adapter, settings.execution)
    this.events = new EventFeed<PoolEvent>(ports.onListenerError)
    const { clock, isOneShot: alone } = this
    const emit = (event: PoolEvent) => {
      const seq = ++this.#seq
      if (this.events.isHeard(event.type)) this.events.publish({ seq, at: clock.now(), event })
    }
    const listener = { emit, changed: (slot: Slot) => this.dispatcher.serve(slot), isOneShot: alone }
    const context = this.#context()
    this.slots = Array.from({ length: count }, (_, index) => new Slot(index, context, listener))
    const { slots } = this
    const { traits } = adapter
    this.dispatcher = new Dispatcher({
      slots,
      settings,
      traits,
      isOneShot: alone,
      clock,
      decide: ports.decide,
      emit,
    })
  }

  get sandboxName(): string | undefined {
    return this.#ports.sandbox?.name
  }

  get isClosing(): boolean {
    return this.#closing !== undefined
  }

  /** Ends what an earlier program left, where there is a ledger, and starts all instances. */
  async start(): Promise<void> {
    this.#requireOpen()
    this.#starting ??= this.#startAll()
    await this.#starting
  }

  /** Ends everything within about this time; with `force` at once. Concurrent calls share one end. */
  close(timeoutMs: number, { force = false }: { readonly force?: boolean } = {}): Promise<void> {
    if (this.#closing !== undefined && force) void this.#endAll(0, true)
    this.#closing ??= this.#closeAll(timeoutMs, force)
    return this.#closing
  }

  /** Looks at every instance: what it uses, whether it is to be replaced, whether it answers. */
  async look(): Promise<void> {
    await Promise.all(this.slots.map((slot) => slot.look()))
    const { healthPrompt: text, healthTimeoutMs: timeoutMs } = this.settings
    if (text === undefined || this.isOneShot) return
    const asked = this.slots.flatMap(({ condition, inFlight, index }) => {
      if (condition !== 'up' || inFlight > 0) return []
      const turn = this.dispatcher.submit(text, { timeoutMs, session: `ws-health-${index}` }, { index })
      return typeof turn === 'string' ? [] : [turn.settled]
    })
    await Promise.all(asked)
  }

  #context(): SpawnContext {
    const { adapter, settings, clock } = this
    const { processes = ownProcesses(), limits = new ProcessLimits(), inheritedEnv } = this.#ports
    const { sandbox, onListenerError } = this.#ports
    // Opened by `start`, before the first process.
    const ledger = () => this.#ledger
    return {
      adapter,
      settings,
      clock,
      processes,
      limits,
      sandbox,
      onListenerError,
      inheritedEnv: inheritedEnv ?? ownEnvironment(),
      get ledger() {
        return ledger()
      },
    }
  }

  async #startAll(): Promise<void> {
    const { ledger } = this.settings
    const ports = this.#ports.processes === undefined ? {} : { processes: this.#ports.processes }
    if (ledger !== undefined) {
      await sweepOrphans(ledger, ports)
      this.#ledger = await openProcessLedger(ledger, ports)
    }
    const starts = await Promise.allSettled(this.slots.map((slot) => slot.start()))
    this.#requireOpen()
    const thrown = starts.find((start) => start.status === 'rejected')
    const isReady = starts.some((start) => start.status === 'fulfilled' && start.value.isReady)
    if (thrown !== undefined || !isReady) {
      await this.close(this.settings.endOfInputMs)
      throw thrown?.reason ?? openFailed(this.adapter.tool, this.slots)
    }
    this.#lookLater()
  }

  #lookLater(): void {
    const { healthEveryMs } = this.settings
    if (healthEveryMs === 0 || this.isClosing) return
    this.#cancelLook = wakeAfter(this.clock, healthEveryMs, () => {
      this.#looking = this.look().then(() => this.#lookLater())
    })
  }

  async #closeAll(timeoutMs: number, force: boolean): Promise<void> {
    this.#cancelLook()
    this.dispatcher.close()
    if (!force) {
      // A third for the turns in flight to stop as their tools do, a third to end by themselves, a third for SIGTERM.
      for (const slot of this.slots) slot.place.interrupt()
      await settlesWithin(this.dispatcher.drain(), this.clock, timeoutMs / 3)
    }
    await this.#endAll(timeoutMs, force)
    await Promise.all([this.dispatcher.drain(), this.#looking])
    this.#ledger?.close()
    this.events.close()
  }

  async #endAll(timeoutMs: number, force: boolean): Promise<void> {
    const times = { endOfInputMs: timeoutMs / 3, termMs: timeoutMs / 3 }
    await Promise.all(this.slots.map((slot) => slot.close(times, { force })))
  }

  #requireOpen(): void {
    if (!this.isClosing) return
    throw new WsError('WS_POOL_CLOSED', `the pool of "${this.adapter.tool}" is closed`, {
      hint: 'open another one',
    })
  }
}

function isOneShot({ tool, traits }: ToolAdapter, execution: PoolOptions['execution']): boolean {
  const mode =
    execution === 'one-shot' || !traits.modes.includes('long-running') ? 'one-shot' : 'long-running'
  if (traits.modes.includes(mode) && !(execution === 'pooled' && mode === 'one-shot'))
    return mode === 'one-shot'
  throw new WsError('WS_OPTION_RANGE', `execution is ${execution}, which "${tool}" cannot do`, {
    details: { option: 'execution', given: execution, modes: [...traits.modes] },
    hint: 'leave it to "auto"',
  })
}
