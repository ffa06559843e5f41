import type { Clock, CommandAnswer, Host, RunEffect, RunEvent, RunInput, RunMachineState } from '@ws/core'
import type { ProcessIdentity } from '../platform/process-identity.ts'
import { type HostRecords } from './host-records.ts'
import { hostOf, runOf } from './host-id.ts'
import type { OwnAttempts } from './own-attempts.ts'

/** The host of the run machine, which decides and appends. */
export type MachineHost = Host<RunMachineState, RunInput, RunEvent, RunEffect>

/** A process that has joined. */
export interface Joined {
  readonly process: ProcessIdentity
}

/** What the registry works with. */
export interface HostRegistryOptions {
  readonly host: MachineHost
  readonly own: OwnAttempts
  readonly self: ProcessIdentity
  readonly records: HostRecords
  readonly clock: Clock
}

/** How often it is looked whether a process is still there that is not connected. */
const lookEveryMs = 200

/**
 * Which process works on which run, as the leader keeps it. A host is expelled when its process is gone for certain,
 * or says that it leaves: what its attempts left is looked up, the others are lost, and its run waits for `no-host`.
 *
 *   (taken on) ──► connected ──connection ends──► awaited ──its process is gone──► expelled
 *                      ▲                             │
 *                      └────────joins again──────────┘
 */
export class HostRegistry {
  readonly #options: HostRegistryOptions
  readonly #own: Set<string>
  readonly #guests = new Map<string, Joined>()
  readonly #cancels = new Map<string, () => void>()
  /** One change at a time: two who want the same run are answered one after the other. */
  #last: Promise<unknown> = Promise.resolve()
  #isClosed = false

  /** `own` are the hosts that this process is; what it takes on is added there. */
  constructor(options: HostRegistryOptions, own: Set<string>) {
    this.#options = options
    this.#own = own
  }

  isOf(hostId: string, by: Joined): boolean {
    return this.#guests.get(hostId) === by
  }

  /** Whether another process works on a run, or may still. */
  isElsewhere(runId: string): boolean {
    const hostId = hostOf(runId)
    return !this.#own.has(hostId) && (this.#guests.has(hostId) || this.#cancels.has(hostId))
  }

  get guests(): ReadonlySet<Joined> {
    return new Set(this.#guests.values())
  }

  /**
   * Sorts the hosts of an earlier leadership before anything is looked up: those that live are waited for, those that
   * are gone leave in the first step. Resolves when that is decided, which is after the machine has recovered.
   */
  async sort(): Promise<() => Promise<void>> {
    const { host, records } = this.#options
    const told: Promise<unknown>[] = []
    for (const hostId of [...host.state.hosts.keys()]) {
      if (this.#own.has(hostId)) continue
      if (await records.isAlive(hostId)) this.#await(hostId)
      else told.push(...(await this.#farewell(hostId)))
    }
    return async () => void (await Promise.all(told))
  }

  /** A process wants to work on a run: with `by` a guest, otherwise this one. Asked twice, it is done once. */
  takeOn(runId: string, offers: readonly string[], by?: Joined): Promise<CommandAnswer> {
    return this.#alone(() => this.#takeOn(hostOf(runId), offers, by))
  }

  /** A connection ended: its process may come back. */
  disconnected(by: Joined): void {
    for (const [hostId, guest] of this.#guests) {
      if (guest !== by) continue
      this.#guests.delete(hostId)
      this.#await(hostId)
    }
  }

  /** A guest works on nothing any more. */
  leave(by: Joined): Promise<void> {
    return this.#alone(async () => {
      for (const [hostId, guest] of this.#guests) {
        if (guest !== by) continue
        this.#guests.delete(hostId)
        await this.#expel(hostId)
      }
    })
  }

  /** This process works on nothing any more, while others go on. */
  leaveOwn(): Promise<void> {
    return this.#alone(async () => {
      for (const hostId of this.#own) await this.#expel(hostId)
    })
  }

  async close(): Promise<void> {
    this.#isClosed = true
    for (const cancel of this.#cancels.values()) cancel()
    this.#cancels.clear()
    await this.#last
  }

  async #takeOn(hostId: string, offers: readonly string[], by: Joined | undefined): Promise<CommandAnswer> {
    const { host, records, self } = this.#options
    const holder = this.#own.has(hostId) ? self : this.#guests.get(hostId)?.process
    if (holder !== undefined) {
      const isSame = by === undefined ? this.#own.has(hostId) : this.isOf(hostId, by)
      return isSame ? { ok: true } : elsewhere(hostId, holder.pid)
    }
    const identity = by?.process ?? self
    if (host.state.hosts.has(hostId)) {
      if (await records.isOf(hostId, identity)) {
        this.#connect(hostId, by)
        return { ok: true }
      }
      const known = await records.find(hostId)
      if (known !== undefined && (await records.isAlive(hostId))) return elsewhere(hostId, known.pid)
      await this.#expel(hostId)
    }
    await records.write(hostId, identity)
    this.#connect(hostId, by)
    return host.send({ type: 'host.joined', hostId, offers })
  }

  #connect(hostId: string, by: Joined | undefined): void {
    this.#cancels.get(hostId)?.()
    this.#cancels.delete(hostId)
    if (by === undefined) this.#own.add(hostId)
    else this.#guests.set(hostId, by)
  }

  /** Nobody else gets its run while its process may still be there. */
  #await(hostId: string): void {
    const { clock, records } = this.#options
    if (this.#isClosed) return
    const look = () =>
      void this.#alone(async () => {
        if (!this.#cancels.has(hostId) || this.#isClosed) return
        if (await records.isAlive(hostId)) return this.#await(hostId)
        this.#cancels.delete(hostId)
        return this.#expel(hostId)
      }).catch(() => {})
    this.#cancels.set(hostId, clock.wakeAt(clock.now() + lookEveryMs, look))
  }

  async #expel(hostId: string): Promise<void> {
    await Promise.all(await this.#farewell(hostId))
  }

  /** What is said of a host that is gone: which of its attempts are done, and that it left. */
  async #farewell(hostId: string): Promise<Promise<unknown>[]> {
    const { host, own, records } = this.#options
    const effects = [...host.state.wanted.values()].filter(
      (effect) => effect.kind === 'attempt' && effect.hostId === hostId,
    )
    const ended = await Promise.all(
      effects.map(async (effect) =>
        effect.kind === 'attempt' ? own.settled(effect).catch(() => undefined) : undefined,
      ),
    )
    const inputs: RunInput[] = ended.filter((input) => input !== undefined)
    await records.drop(hostId)
    return [...inputs, { type: 'host.left', hostId } as const].map(async (input) => host.send(input))
  }

  #alone<T>(change: () => Promise<T>): Promise<T> {
    const done = this.#last.then(change)
    this.#last = done.catch(() => {})
    return done
  }
}

function elsewhere(hostId: string, pid: number): CommandAnswer {
  return {
    ok: false,
    code: 'WS_RUN_ELSEWHERE',
    message: `process ${pid} works on run "${runOf(hostId) ?? hostId}"`,
    hint: 'it goes on there; end it there, or cancel the run',
  }
}
