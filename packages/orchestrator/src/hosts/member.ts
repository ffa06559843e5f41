import {
  type AttemptEffect,
  type CommandAnswer,
  type Driver,
  type EventFeed,
  type RunEvent,
  type RunInput,
  type RunMachineState,
  type RunSpec,
  WsError,
} from '@ws/core'
import type { LeaderInfo, Leadership } from '@ws/git'
import type { WorkEvent } from '@ws/store/records'
import type { QueueOrder, QueueStand } from '../landing/queue-order.ts'
import { socketPlace } from '../platform/local-socket.ts'
import { freshName } from '../platform/surroundings.ts'
import { requireAccepted } from '../run-handle.ts'
import { hostOf, offersOf, runOf } from './host-id.ts'
import type { Leading } from './leading.ts'
import { ledElsewhere } from './led-elsewhere.ts'
import type { MemberOptions } from './member-options.ts'
import { openLead } from './open-lead.ts'
import { OwnAttempts } from './own-attempts.ts'
import { Questions } from './questions.ts'
import { Seat } from './seat.ts'
import { lent, ToldEvents } from './told-events.ts'
import { settlesWithin } from './settles-within.ts'
import type { AttemptReport, Reply, Request } from './wire.ts'

/**
 *   joining ──the lock is free──► leader
 *      │                            ▲
 *      └──somebody listens──► guest ─┤ its leader is gone, and the lock is free
 *                               ▲    │
 *                               └────┴ its leader is gone, and another has the lock
 */
type Phase =
  | { readonly is: 'joining' }
  | { readonly is: 'guest'; readonly seat: Seat }
  | { readonly is: 'leader'; readonly leading: Leading; readonly leave: () => Promise<void> }

const againMs = 50
/** A leader that reads a long log lets its guests wait; one that was stopped does so for ever. */
const patienceMs = 30_000
/** How long an end waits for a leader that may have been stopped. */
const farewellMs = 5_000

/**
 * This process among those that work on a repository. Whoever has the kernel's lock leads; the others are guests, who
 * do the attempts of their own runs and see a copy of the state. When the leader is gone, one of the guests leads.
 */
export class Member {
  readonly ended: Promise<void>
  readonly #options: MemberOptions
  readonly #attempts: OwnAttempts
  /** Hosts that this process is, with what they offer, whoever leads. */
  readonly #claimed = new Map<string, readonly string[]>()
  /** Those of them that the present leader knows of. */
  readonly #own = new Set<string>()
  readonly #told = new ToldEvents()
  readonly #questions = new Questions()
  readonly #settle: { resolve: () => void; reject: (error: unknown) => void }
  #look: { readonly state: RunMachineState }
  #phase: Phase = { is: 'joining' }
  #entering: Promise<void> = Promise.resolve()
  #closing: Promise<void> | undefined

  constructor(options: MemberOptions) {
    this.#options = options
    this.#look = { state: options.machine.initial() }
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    this.ended = promise
    this.ended.catch(() => {})
    this.#settle = { resolve, reject }
    this.#attempts = new OwnAttempts(options.attempts, (report) => this.#report(report))
  }

  /**
   * Leads, or joins whoever does.
   * @throws `WS_LEADER_ELSEWHERE`, `WS_LEADER_VERSION`
   */
  async enter(): Promise<void> {
    await this.#enter()
    if (this.#phase.is === 'leader') return
    for (const runId of this.#options.takesOn([...this.state.runs.keys()])) await this.#takeOnKnown(runId)
  }

  get state(): RunMachineState {
    return this.#look.state
  }

  /** What happens, of all runs, from the first moment on and without a gap. */
  get events(): EventFeed<RunEvent> {
    return this.#told.feed
  }

  /** The epoch under which this process changes refs, while it leads. */
  get epoch(): number | undefined {
    return this.#phase.is === 'leader' ? this.#phase.leading.epoch : undefined
  }

  /** Whether this process works on a run. */
  isOwn(runId: string): boolean {
    return this.#own.has(hostOf(runId)) || this.#own.has(this.#options.hostId)
  }

  /** Whether nobody else gives up the directories of a run. */
  tidies(runId: string): boolean {
    if (this.#phase.is === 'leader') return !this.#phase.leading.registry.isElsewhere(runId)
    return this.isOwn(runId)
  }

  async send(input: RunInput): Promise<CommandAnswer> {
    if (input.commandId === undefined) throw new TypeError('only commands are sent')
    return (await this.#ask({ type: 'command', input })).answer
  }

  /** Begins to work on a run. @throws `WS_RUN_ELSEWHERE` where another process does */
  async takeOn(run: RunSpec): Promise<void> {
    if (!this.#options.listen) return
    const [hostId, offers] = [hostOf(run.id), offersOf(run)]
    const { answer } = await this.#ask({ type: 'take-on', runId: run.id, offers })
    requireAccepted(answer)
    this.#confirm(hostId, offers)
  }

  async writeFiles(runs: readonly string[]): Promise<readonly string[]> {
    return (await this.#ask({ type: 'files', runs })).files ?? []
  }

  /** Has the leader write down what this process saw; nobody waits for that. */
  seen(event: WorkEvent): void {
    this.#ask({ type: 'seen', event }).catch(() => {})
  }

  /** Has the leader write down what is said of registered workstreams. */
  async register(change: Extract<Request, { type: 'registry' }>['change']): Promise<void> {
    requireAccepted((await this.#ask({ type: 'registry', change })).answer)
  }

  /** Resolves when the branches have followed what landed on them, as far as that is safe. */
  async follow(): Promise<void> {
    await this.#ask({ type: 'follow' })
  }

  /** Has the leader do what is asked of the merge queue. */
  async order(order: QueueOrder): Promise<readonly QueueStand[]> {
    const { answer, entries = [] } = await this.#ask({ type: 'queue', order })
    requireAccepted(answer)
    return entries
  }

  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  async #enter(): Promise<void> {
    const { repository, clock, listen } = this.#options
    const since = clock.monotonic()
    const isFirst = this.#told.seq === undefined
    while (this.#closing === undefined) {
      const place = listen ? { socket: socketPlace(), key: freshName() } : undefined
      const answer = await repository.lead({ what: 'orchestrator', ...place })
      if (answer.isLeader) return this.#lead(answer.leadership, place)
      const { leader } = answer
      if (!listen || (isFirst && leader !== undefined && leader.about?.['socket'] === undefined))
        throw ledElsewhere(leader)
      if (await this.#join(leader)) return
      if (isFirst && clock.monotonic() - since > patienceMs) throw ledElsewhere(leader, 'does not answer')
      await new Promise<void>((resolve) => clock.wakeAt(clock.now() + againMs, resolve))
    }
  }

  async #join(leader: LeaderInfo | undefined): Promise<boolean> {
    const { machine, self, clock, checks } = this.#options
    const { socket, key } = leader?.about ?? {}
    if (socket === undefined || key === undefined) return false
    const options = { socket, key, machine, clock, checks, process: self, patienceMs }
    return Seat.take(options, {
      onSeated: (seat) => this.#sit(seat),
      onEvents: (events) => {
        this.#reconcile()
        this.#told.tell(events)
      },
      onReply: (id, reply) => this.#questions.answer(id, reply),
      onLost: (seat) => this.#lost(seat),
    })
  }

  #sit(seat: Seat): void {
    const { seq } = this.#told
    this.#phase = { is: 'guest', seat }
    this.#look = seat
    if (seq === undefined) this.#told.beginAfter(seat.seq)
    // A log that cannot be read costs those events, not the run.
    else if (seat.seq > seq) this.#told.catchUp(seat.seq, this.#options.readJournal).catch(() => {})
    this.#questions.repeat((id, request) => seat.ask(id, request))
    for (const [hostId, offers] of this.#claimed) this.#takeOnAgain(hostId, offers).catch(() => {})
    this.#reconcile()
  }

  async #takeOnAgain(hostId: string, offers: readonly string[]): Promise<void> {
    const { answer } = await this.#ask({ type: 'take-on', runId: runOf(hostId) ?? hostId, offers })
    // Somebody else works on it by now, and this process watches.
    if (answer.ok) this.#confirm(hostId, offers)
    else this.#claimed.delete(hostId)
  }

  #lost(seat: Seat): void {
    if (this.#phase.is !== 'guest' || this.#phase.seat !== seat) return
    this.#phase = { is: 'joining' }
    if (this.#closing !== undefined) return
    this.#own.clear()
    this.#entering = this.#enter().catch((error: unknown) => this.#die(error))
  }

  async #lead(
    leadership: Leadership,
    place: { readonly socket: string; readonly key: string } | undefined,
  ): Promise<void> {
    const { machine, openLeading, clock, records, self, listen, hostId, limits, tidy } = this.#options
    const isTakingOver = this.#told.seq !== undefined
    const othersLive = await records.hasLiving(self)
    const { leading, door, leave } = await openLead({
      ...{ machine, clock, records, self, leadership, place },
      own: this.#own,
      attempts: this.#attempts,
      open: () => openLeading(leadership, this.#driver(), othersLive),
      seqOf: () => this.#told.seq ?? 0,
    })
    const { parts, registry } = leading
    const { host } = parts
    this.#look = host
    try {
      host.events.on('*', (published) => this.#told.tell([published]))
      const { nextSeq } = await parts.journal.head(machine.stream)
      if (isTakingOver) await this.#told.catchUp(nextSeq - 1, async () => lent(parts.journal))
      else this.#told.beginAfter(nextSeq - 1)
      this.#phase = { is: 'leader', leading, leave }
      if (listen) await this.#claim()
      else this.#own.add(hostId)
      const decided = await registry.sort()
      await host.recover()
      await decided()
      for (const own of this.#own)
        // Joining once more would end what was just adopted.
        if (!host.state.hosts.has(own))
          await host.send({
            type: 'host.joined',
            hostId: own,
            offers: this.#claimed.get(own) ?? ['*'],
          })
      if ((!isTakingOver && !othersLive) || (host.state.limits['slots'] ?? 0) === 0)
        await host.send({ type: 'limits.set', commandId: freshName(), limits })
      host.ended.catch((error: unknown) => this.#die(error))
      door?.serve(leading)
      await tidy()
    } catch (error) {
      this.#phase = { is: 'joining' }
      await leave()
      throw error
    }
    this.#questions.settle((request) => leading.handle(request))
    // A crash may have come between a landing and the branch that follows it.
    void parts.follow()
  }

  /** Before anything is looked up: which hosts of the log this process is. */
  async #claim(): Promise<void> {
    const { records, self, takesOn } = this.#options
    for (const hostId of this.#claimed.keys()) this.#own.add(hostId)
    if (this.#own.size > 0) return
    for (const runId of takesOn([...this.state.runs.keys()])) {
      const run = this.state.runs.get(runId)
      const hostId = hostOf(runId)
      if (run === undefined || (await records.isAlive(hostId))) continue
      await records.write(hostId, self)
      this.#own.add(hostId)
      this.#claimed.set(hostId, offersOf(run.spec))
    }
  }

  #driver(): Driver<AttemptEffect, RunInput> {
    const own = this.#attempts
    const isOwn = ({ hostId }: AttemptEffect) => this.#own.has(hostId)
    return {
      start: (key, effect) => void (isOwn(effect) && own.start(key, effect)),
      change: (key, effect) => void (isOwn(effect) && own.change(key, effect)),
      stop: (key) => own.stop(key),
      // What others work on goes on there; whether they are still there is for the registry to find out.
      recover: async (key, effect) => (isOwn(effect) ? own.recover(key, effect) : 'adopted'),
      close: () => own.close(),
    }
  }

  #ask(request: Request): Promise<Reply> {
    if (this.#phase.is === 'leader') return this.#phase.leading.handle(request)
    return this.#questions.ask(request, (id) => {
      if (this.#phase.is === 'guest') this.#phase.seat.ask(id, request)
    })
  }

  async #takeOnKnown(runId: string): Promise<void> {
    const run = this.state.runs.get(runId)
    if (run === undefined) return
    await this.takeOn(run.spec).catch((error: unknown) => {
      // It goes on there, and is watched from here.
      if (!(error instanceof WsError) || error.code !== 'WS_RUN_ELSEWHERE') throw error
    })
  }

  #confirm(hostId: string, offers: readonly string[]): void {
    this.#claimed.set(hostId, offers)
    this.#own.add(hostId)
    // Only from who works on a run it is heard how its attempts ended.
    for (const report of this.#attempts.unheard) this.#report(report)
    this.#reconcile()
  }

  #reconcile(): void {
    if (this.#phase.is !== 'guest') return
    this.#attempts.reconcile(this.#phase.seat.wanted, (hostId) => this.#own.has(hostId))
  }

  #report(report: AttemptReport): void {
    const phase = this.#phase
    if (phase.is === 'leader') phase.leading.parts.host.send(report).catch(() => {})
    else if (phase.is === 'guest') phase.seat.report(report)
  }

  #die(error: unknown): void {
    this.#questions.fail(error)
    this.events.close()
    this.#settle.reject(error)
  }

  async #close(): Promise<void> {
    await this.#entering
    try {
      if (this.#phase.is === 'leader') await this.#leaveLead(this.#phase)
      else await this.#leaveSeat()
    } finally {
      this.events.close()
      this.#settle.resolve()
    }
  }

  async #leaveLead({ leading, leave }: Phase & { is: 'leader' }): Promise<void> {
    const { host } = leading.parts
    const hasGuests = leading.registry.guests.size > 0
    if (hasGuests) {
      await this.#pauseOwn()
      await this.#attempts.close()
      await leading.registry.leaveOwn().catch(() => {})
    } else {
      // What is interrupted is ready again: without this it would be started once more, only to be lost.
      const limits = { ...host.state.limits, slots: 0 }
      await host.send({ type: 'limits.set', commandId: freshName(), limits }).catch(() => {})
    }
    await this.#dropRecords()
    await leave()
  }

  /** A record says that somebody is there: whoever comes next need not wait for us. */
  async #dropRecords(): Promise<void> {
    const { records, self } = this.#options
    for (const hostId of this.#claimed.keys())
      if (await records.isOf(hostId, self)) await records.drop(hostId)
  }

  async #leaveSeat(): Promise<void> {
    // Without a leader nobody would answer.
    if (this.#phase.is !== 'guest') {
      await this.#attempts.close()
      return this.#dropRecords()
    }
    const soon = <T>(promise: Promise<T>) => settlesWithin(promise, this.#options.clock, farewellMs)
    await soon(this.#pauseOwn())
    await this.#attempts.close()
    const runs = [...this.#own].map(runOf).filter((runId) => runId !== undefined)
    await this.#options.tidied()
    if (runs.length > 0) await soon(this.writeFiles(runs))
    await soon(this.#ask({ type: 'leave' }))
    if (this.#phase.is === 'guest') this.#phase.seat.close()
  }

  /** Others lead on: what is interrupted here is not to be started again before somebody says so. */
  async #pauseOwn(): Promise<void> {
    for (const runId of [...this.#own].map(runOf)) {
      if (runId === undefined || this.state.runs.get(runId)?.status !== 'RUNNING') continue
      const input = { type: 'run.pause', commandId: freshName(), runId, now: true } as const
      await this.#ask({ type: 'command', input }).catch(() => {})
    }
  }
}
