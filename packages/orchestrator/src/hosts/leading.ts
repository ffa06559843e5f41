import { type CommandAnswer, isWsError, type Journal, type Published, type RunEvent } from '@ws/core'
import type { WorkEvent } from '@ws/store/records'
import type { QueueOrder, QueueStand } from '../landing/queue-order.ts'
import type { RegistryChange } from '../registered/registry.ts'
import type { CheckAnswer } from './check-runs.ts'
import type { HostChecks } from './host-checks.ts'
import type { HostRegistry, MachineHost } from './host-registry.ts'
import { hostOf } from './host-id.ts'
import type { Guest, Led } from './leader-door.ts'
import type { OwnMachine } from './seat.ts'
import type { AttemptReport, Reply, Request } from './wire.ts'

/** What leading takes besides attempts. */
export interface LeadingParts {
  readonly host: MachineHost
  readonly journal: Journal
  writeFiles(runs: readonly string[]): Promise<readonly string[]>
  /** Writes down what a host saw. */
  seen(event: WorkEvent): Promise<void>
  /** Writes down what somebody says of registered workstreams. */
  register(change: RegistryChange): Promise<CommandAnswer>
  /** Lets branches follow what landed on them. */
  follow(): Promise<void>
  /** Does what is asked of the merge queue. */
  order(order: QueueOrder): Promise<readonly QueueStand[]>
  /** Has checks run where their runs are at home. */
  readonly checks: HostChecks
  /** Ends all of it, the machine's host first. */
  close(): Promise<void>
}

const accepted: CommandAnswer = { ok: true }

/** Does what is asked of a leader, by itself and by those who have joined. */
export class Leading implements Led {
  readonly epoch: number
  readonly parts: LeadingParts
  readonly registry: HostRegistry
  readonly #machine: OwnMachine
  readonly #seqOf: () => number

  constructor(of: {
    readonly epoch: number
    readonly parts: LeadingParts
    readonly registry: HostRegistry
    readonly machine: OwnMachine
    readonly seqOf: () => number
  }) {
    this.epoch = of.epoch
    this.parts = of.parts
    this.registry = of.registry
    this.#machine = of.machine
    this.#seqOf = of.seqOf
  }

  idle(): Promise<void> {
    return this.parts.host.idle()
  }

  stand(): { readonly seq: number; readonly state: unknown } {
    return { seq: this.#seqOf(), state: this.#machine.freeze(this.parts.host.state) }
  }

  listen(listener: (published: Published<RunEvent>) => void): () => void {
    return this.parts.host.events.on('*', listener)
  }

  async handle(request: Request, by?: Guest): Promise<Reply> {
    switch (request.type) {
      case 'command':
        return { answer: await this.parts.host.send(request.input) }
      case 'take-on': {
        const answer = await this.registry.takeOn(request.runId, request.offers, by)
        if (answer.ok) this.parts.checks.worksOn(request.runId, by)
        return { answer }
      }
      case 'files':
        return { answer: accepted, files: await this.parts.writeFiles(request.runs) }
      case 'follow':
        await this.parts.follow()
        return { answer: accepted }
      case 'seen':
        await this.parts.seen(request.event)
        return { answer: accepted }
      case 'queue':
        return this.#order(request.order)
      case 'registry':
        return { answer: await this.parts.register(request.change) }
      case 'leave':
        if (by === undefined) return { answer: accepted }
        this.parts.checks.gone(by)
        await this.registry.leave(by)
        return { answer: accepted }
    }
  }

  /** What the queue refuses is an answer, not an end. */
  async #order(order: QueueOrder): Promise<Reply> {
    try {
      return { answer: accepted, entries: await this.parts.order(order) }
    } catch (error) {
      if (!isWsError(error) || error.code === 'WS_QUEUE_CLOSED') throw error
      const { code, message, hint } = error
      return { answer: { ok: false, code, message, ...(hint === undefined ? {} : { hint }) } }
    }
  }

  /** Only who works on a run says how its attempts stand. */
  report(report: AttemptReport, by: Guest): void {
    if (this.registry.isOf(hostOf(report.runId), by)) this.parts.host.send(report).catch(() => {})
  }

  checked(id: number, outcome: CheckAnswer, by: Guest): void {
    this.parts.checks.answered(id, outcome, by)
  }

  disconnected(by: Guest): void {
    this.parts.checks.gone(by)
    this.registry.disconnected(by)
  }
}
