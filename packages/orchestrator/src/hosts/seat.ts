import {
  type Clock,
  type Machine,
  type Published,
  type RunEffect,
  type RunEvent,
  type RunInput,
  type RunMachineState,
  WsError,
} from '@ws/core'
import { JsonLines } from '../platform/json-lines.ts'
import { connectTo } from '../platform/local-socket.ts'
import type { ProcessIdentity } from '../platform/process-identity.ts'
import type { CheckRuns } from './check-runs.ts'
import {
  type AttemptReport,
  type GuestMessage,
  type Hello,
  type LeaderMessage,
  parseLeaderMessage,
  type Reply,
  type Request,
  wireVersion,
} from './wire.ts'

/** The machine of runs. */
export type OwnMachine = Machine<RunMachineState, RunInput, RunEvent, RunEffect>

/** Whom a guest joins, and as what. */
export interface SeatOptions {
  readonly socket: string
  readonly key: string
  readonly machine: OwnMachine
  readonly process: ProcessIdentity
  readonly clock: Clock
  /** Runs checks that the leader asks for. */
  readonly checks: Pick<CheckRuns, 'begin' | 'stop' | 'stopAll'>
  /** How long a leader may take until it says something. */
  readonly patienceMs: number
}

/** Who listens to a seat. */
export interface SeatListener {
  /** It is taken. What comes next is told after this has returned. */
  onSeated(seat: Seat): void
  /** The state holds all of these. */
  onEvents(events: readonly Published<RunEvent>[]): void
  onReply(id: number, reply: Reply): void
  /** The leader is gone, or wants nothing more of us. */
  onLost(seat: Seat): void
}

/** A place at somebody else's table: a copy of the leader's state, kept up to date, and a line to it. */
export class Seat {
  readonly state: RunMachineState
  readonly epoch: number
  /** The number of the last event that the state holds. */
  seq: number
  readonly #machine: OwnMachine
  readonly #lines: JsonLines

  private constructor(
    machine: OwnMachine,
    lines: JsonLines,
    { state, seq, epoch }: Extract<LeaderMessage, { type: 'welcome' }>,
  ) {
    this.#machine = machine
    this.#lines = lines
    this.state = machine.thaw(state)
    this.seq = seq
    this.epoch = epoch
  }

  /**
   * Takes a seat; tells whether somebody answered.
   * @throws `WS_LEADER_VERSION` where it speaks another version
   */
  static async take(options: SeatOptions, listener: SeatListener): Promise<boolean> {
    const { machine, key, process, clock, checks, patienceMs } = options
    const socket = await connectTo(options.socket)
    if (socket === undefined) return false
    const seated = Promise.withResolvers<boolean>()
    let seat: Seat | undefined
    const lines: JsonLines = new JsonLines(
      socket,
      {
        onLine: (value) => {
          const message = parseLeaderMessage(value)
          if (message.type === 'refused') seated.reject(refused(message))
          else if (message.type === 'welcome') {
            seat = new Seat(machine, lines, message)
            listener.onSeated(seat)
            seated.resolve(true)
          } else if (message.type === 'check')
            checks.begin(message.id, message.command, (outcome) =>
              lines.send({ type: 'checked', id: message.id, outcome } satisfies GuestMessage),
            )
          else if (message.type === 'check-stop') checks.stop(message.id)
          else if (seat !== undefined) seat.#take(message, listener)
        },
        onEnd: () => {
          checks.stopAll()
          if (seat === undefined) seated.resolve(false)
          else listener.onLost(seat)
        },
      },
      { maxLength: Number.MAX_SAFE_INTEGER },
    )
    const giveUp = clock.wakeAt(clock.now() + patienceMs, () => lines.destroy())
    lines.send({ type: 'hello', wire: wireVersion, machine: machine.version, key, process } satisfies Hello)
    try {
      return await seated.promise
    } finally {
      giveUp()
    }
  }

  ask(id: number, request: Request): void {
    this.#lines.send({ ...request, id } satisfies GuestMessage)
  }

  report(input: AttemptReport): void {
    this.#lines.send({ type: 'report', input } satisfies GuestMessage)
  }

  get wanted(): ReadonlyMap<string, RunEffect> {
    return this.#machine.wanted(this.state)
  }

  close(): void {
    this.#lines.end()
  }

  #take(message: Extract<LeaderMessage, { type: 'answer' | 'events' }>, listener: SeatListener): void {
    if (message.type === 'answer') {
      const { id, type: _type, ...reply } = message
      listener.onReply(id, reply)
      return
    }
    for (const { event, at, seq } of message.events) {
      this.#machine.evolve(this.state, event, at)
      this.seq = seq
    }
    listener.onEvents(message.events)
  }
}

function refused({ message, hint }: { readonly message: string; readonly hint: string }): WsError {
  return new WsError('WS_LEADER_VERSION', message, { hint })
}
