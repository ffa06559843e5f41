import type { Socket } from 'node:net'
import type { Published, RunEvent } from '@ws/core'
import { JsonLines } from '../platform/json-lines.ts'
import { type ListeningSocket, listenAt } from '../platform/local-socket.ts'
import { isSameKey } from '../platform/surroundings.ts'
import type { CheckAnswer } from './check-runs.ts'
import type { Joined } from './host-registry.ts'
import {
  type AttemptReport,
  type GuestMessage,
  Hello,
  type LeaderMessage,
  parseGuestMessage,
  type Reply,
  type Request,
  wireVersion,
} from './wire.ts'

/** What is behind the door: whoever leads. */
export interface Led {
  readonly epoch: number
  /** Resolves when nothing is being decided, and all that was is told. Good for the same turn of the loop. */
  idle(): Promise<void>
  /** The state, to be handed over, with the number of its last event. */
  stand(): { readonly seq: number; readonly state: unknown }
  listen(listener: (published: Published<RunEvent>) => void): () => void
  handle(request: Request, by: Guest): Promise<Reply>
  report(report: AttemptReport, by: Guest): void
  /** How a check ended that a guest was asked for. */
  checked(id: number, outcome: CheckAnswer, by: Guest): void
  disconnected(by: Guest): void
}

/** Where a leader listens, and what those must know who join. */
export interface DoorPlace {
  readonly socket: string
  readonly key: string
  readonly machineVersion: number
  /** So many events may wait for a guest that reads slowly; then it has to begin anew. @default 100000 */
  readonly maxWaiting?: number
}

/** A process that has joined. */
export interface Guest extends Joined {
  readonly lines: JsonLines
}

/** A stranger says one short line. */
const longestHello = 4_096
/** A run of 10,000 tasks is some 20 MB. */
const longestLine = 1_000_000_000

/** Lets other processes of this user in. They wait at the door until somebody leads behind it. */
export class LeaderDoor {
  readonly #place: DoorPlace
  readonly #led = Promise.withResolvers<Led>()
  readonly #connections = new Set<JsonLines>()
  #socket: ListeningSocket | undefined
  #isShut = false

  private constructor(place: DoorPlace) {
    this.#place = place
    this.#led.promise.catch(() => {})
  }

  static async open(place: DoorPlace): Promise<LeaderDoor> {
    const door = new LeaderDoor(place)
    door.#socket = await listenAt(place.socket, (socket) => door.#receive(socket))
    return door
  }

  /** From now on those who wait are answered. */
  serve(led: Led): void {
    this.#led.resolve(led)
  }

  /** Nobody new is let in. */
  shut(): void {
    this.#isShut = true
    this.#socket?.stop()
  }

  async close(): Promise<void> {
    this.shut()
    for (const lines of this.#connections) lines.destroy()
    await this.#socket?.close()
  }

  #receive(socket: Socket): void {
    let guest: Guest | undefined
    let stop = () => {}
    let tellMore = () => {}
    // In the order in which they were said; only what may take its time is not waited for.
    let last: Promise<unknown> = Promise.resolve()
    const lines: JsonLines = new JsonLines(
      socket,
      {
        onLine: (value) => {
          if (guest === undefined) {
            const hello = Hello.parse(value)
            const refusal = this.#refusalOf(hello)
            if (refusal !== undefined) {
              lines.send(refusal)
              lines.end()
              return
            }
            guest = { process: hello.process, lines }
            lines.maxLength = longestLine
            last = this.#welcome(guest).then((told) => ({ stop, tellMore } = told))
            last.catch(() => lines.destroy())
            return
          }
          const message = parseGuestMessage(value)
          const by = guest
          last = last.then(() => this.#obey(message, by))
          last.catch(() => lines.destroy())
        },
        onRoom: () => tellMore(),
        onEnd: () => {
          this.#connections.delete(lines)
          stop()
          const gone = guest
          if (gone !== undefined) void this.#led.promise.then((led) => led.disconnected(gone))
        },
      },
      { maxLength: longestHello },
    )
    this.#connections.add(lines)
    if (this.#isShut) lines.destroy()
  }

  #refusalOf(hello: Hello): (LeaderMessage & { type: 'refused' }) | undefined {
    const { key, machineVersion } = this.#place
    if (!isSameKey(hello.key, key))
      return { type: 'refused', message: 'it does not know the key', hint: 'ask the repository who leads' }
    if (hello.wire === wireVersion && hello.machine === machineVersion) return undefined
    const [ours, theirs] = [`${wireVersion}.${machineVersion}`, `${hello.wire}.${hello.machine}`]
    return {
      type: 'refused',
      message: `process ${process.pid} leads with another version of ws: it speaks ${ours}, this one ${theirs}`,
      hint: 'wait until it has ended, or use the same version',
    }
  }

  /** State and events without a gap between them: both are told in the same turn of the loop. */
  async #welcome({ lines }: Guest): Promise<{ readonly stop: () => void; readonly tellMore: () => void }> {
    const led = await this.#led.promise
    await led.idle()
    lines.send({ type: 'welcome', epoch: led.epoch, ...led.stand() } satisfies LeaderMessage)
    const { maxWaiting = 100_000 } = this.#place
    let waiting: Published<RunEvent>[] = []
    const tellMore = () => {
      if (waiting.length === 0 || !lines.hasRoom) return
      const events = waiting
      waiting = []
      lines.send({ type: 'events', events } satisfies LeaderMessage)
    }
    const stop = led.listen((published) => {
      waiting.push(published)
      if (waiting.length === 1) queueMicrotask(tellMore)
      // It comes back, is handed the state as it is then, and reads what it missed in the log.
      else if (waiting.length > maxWaiting) lines.destroy()
    })
    return { stop, tellMore }
  }

  async #obey(message: GuestMessage, by: Guest): Promise<void> {
    const led = await this.#led.promise
    if (message.type === 'report') {
      led.report(message.input, by)
      return
    }
    if (message.type === 'checked') return led.checked(message.id, message.outcome, by)
    const { id, ...request } = message
    // A leader that cannot store any more says nothing: whoever leads next is asked again.
    const answered = led
      .handle(request, by)
      .then((reply) => by.lines.send({ type: 'answer', id, ...reply } satisfies LeaderMessage))
      .catch(() => {})
    if (request.type === 'take-on' || request.type === 'leave') await answered
  }
}
