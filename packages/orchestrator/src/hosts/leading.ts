import type { CommandAnswer, Journal, Published, RunEvent } from '@ws/core'
import type { WorkEvent } from '@ws/store/records'
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
  /** Lets branches follow what landed on them. */
  follow(): Promise<void>
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
      case 'take-on':
        return { answer: await this.registry.takeOn(request.runId, request.offers, by) }
      case 'files':
        return { answer: accepted, files: await this.parts.writeFiles(request.runs) }
      case 'follow':
        await this.parts.follow()
        return { answer: accepted }
      case 'seen':
        await this.parts.seen(request.event)
        return { answer: accepted }
      case 'leave':
        if (by !== undefined) await this.registry.leave(by)
        return { answer: accepted }
    }
  }

  /** Only who works on a run says how its attempts stand. */
  report(report: AttemptReport, by: Guest): void {
    if (this.registry.isOf(hostOf(report.runId), by)) this.parts.host.send(report).catch(() => {})
  }

  disconnected(by: Guest): void {
    this.registry.disconnected(by)
  }
}
