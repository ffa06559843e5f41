import type { Clock } from '@ws/core'
import type { CheckCommand } from '@ws/merge-queue'
import type { CheckAnswer, CheckRuns } from './check-runs.ts'
import type { LeaderMessage } from './wire.ts'

/** A process that can be asked to run a check. */
export interface AskedGuest {
  readonly lines: { send(message: LeaderMessage): void }
}

/** What a leader has its checks run by. */
export interface HostChecksOptions {
  readonly own: Pick<CheckRuns, 'run'>
  readonly clock: Clock
  /** Whether this process works on a run. */
  readonly isOwn: (runId: string) => boolean
}

/** So much longer than the check itself an answer may take, before its process counts as stuck. */
const graceMs = 60_000
/** Whoever lost its leader, or is taken on again, is back by then. */
const homelessMs = 5_000

/** An answer, or that whoever was to give it does not any more. */
type Answered = { readonly is: CheckAnswer } | 'gone'

/**
 * Has each check run where its run is at home: in this process, or by the guest that works on the run, in the
 * environment of that. What nobody works on any more is run here, and its log says so: a landing that waited for ever
 * would hold up all others.
 */
export class HostChecks {
  readonly #options: HostChecksOptions
  /** By run. */
  readonly #guests = new Map<string, AskedGuest>()
  readonly #asked = new Map<
    number,
    { readonly of: AskedGuest; readonly tell: (answered: Answered) => void }
  >()
  /** Those that wait until somebody works on their run. */
  readonly #homeless = new Set<() => void>()
  #lastId = 0

  constructor(options: HostChecksOptions) {
    this.#options = options
  }

  /** Who works on a run from now on: a guest, or this process. */
  worksOn(runId: string, guest: AskedGuest | undefined): void {
    if (guest === undefined) this.#guests.delete(runId)
    else this.#guests.set(runId, guest)
    for (const lookAgain of [...this.#homeless]) lookAgain()
  }

  /** A guest works on nothing any more. */
  gone(guest: AskedGuest): void {
    for (const [runId, each] of this.#guests) if (each === guest) this.#guests.delete(runId)
    for (const { of, tell } of [...this.#asked.values()]) if (of === guest) tell('gone')
  }

  answered(id: number, answer: CheckAnswer, by: AskedGuest): void {
    const asked = this.#asked.get(id)
    if (asked?.of === by) asked.tell({ is: answer })
  }

  /** Runs a check for any of these runs, which were begun in equal environments; for none of them, here. */
  async run(command: CheckCommand, runIds: readonly string[], signal: AbortSignal): Promise<CheckAnswer> {
    const { own, isOwn } = this.#options
    for (let isWaitedFor = false; !signal.aborted;) {
      if (runIds.length === 0 || runIds.some(isOwn)) return own.run(command, signal)
      const guest = this.#guestOf(runIds)
      if (guest === undefined && !isWaitedFor) {
        isWaitedFor = !(await this.#homecoming(signal))
        continue
      }
      const answered =
        guest === undefined
          ? await this.#stoodIn(command, runIds, signal)
          : await this.#ask(guest, command, signal)
      if (answered !== 'gone') return answered.is
      isWaitedFor = false
    }
    return undefined
  }

  #guestOf(runIds: readonly string[]): AskedGuest | undefined {
    return runIds.map((runId) => this.#guests.get(runId)).find((each) => each !== undefined)
  }

  /** Runs it here until somebody comes who works on the run, and has it run at home then. */
  async #stoodIn(command: CheckCommand, runIds: readonly string[], signal: AbortSignal): Promise<Answered> {
    const come = new AbortController()
    const look = () => {
      if (this.#guestOf(runIds) !== undefined) come.abort()
    }
    this.#homeless.add(look)
    try {
      const until = AbortSignal.any([signal, come.signal])
      const is = await this.#options.own.run(command, until, atLeaders(runIds))
      return come.signal.aborted ? 'gone' : { is }
    } finally {
      this.#homeless.delete(look)
    }
  }

  /** Whether somebody has come within a short time. */
  #homecoming(signal: AbortSignal): Promise<boolean> {
    const { clock } = this.#options
    return new Promise((resolve) => {
      const settle = (hasCome: boolean) => {
        cancel()
        this.#homeless.delete(lookAgain)
        signal.removeEventListener('abort', lookAgain)
        resolve(hasCome)
      }
      const lookAgain = () => settle(true)
      const cancel = clock.wakeAt(clock.now() + homelessMs, () => settle(false))
      this.#homeless.add(lookAgain)
      signal.addEventListener('abort', lookAgain, { once: true })
    })
  }

  async #ask(guest: AskedGuest, command: CheckCommand, signal: AbortSignal): Promise<Answered> {
    const id = ++this.#lastId
    const { promise, resolve } = Promise.withResolvers<Answered>()
    const giveUp = (answered: Answered) => {
      guest.lines.send({ type: 'check-stop', id })
      resolve(answered)
    }
    const withdraw = () => giveUp({ is: undefined })
    const { clock } = this.#options
    const late = () =>
      giveUp({ is: { kind: 'infrastructure', detail: `${command.check}: its process does not answer` } })
    const startedAt = clock.monotonic()
    let cancel = () => {}
    // The clock wakes by wall time, which may jump: what has really passed is asked. Timers round.
    const lookAtTime = () => {
      const restMs = command.timeoutMs + graceMs - (clock.monotonic() - startedAt)
      if (restMs < 1) late()
      else cancel = clock.wakeAt(clock.now() + restMs, lookAtTime)
    }
    lookAtTime()
    this.#asked.set(id, { of: guest, tell: resolve })
    signal.addEventListener('abort', withdraw, { once: true })
    guest.lines.send({ type: 'check', id, command })
    try {
      return await promise
    } finally {
      cancel()
      this.#asked.delete(id)
      signal.removeEventListener('abort', withdraw)
    }
  }
}

function atLeaders(runIds: readonly string[]): string {
  return `nobody works on run ${runIds.at(-1) ?? ''}: it is checked in the environment of the process that leads`
}
