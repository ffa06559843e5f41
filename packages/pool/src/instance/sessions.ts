import { isWsError, type Failure } from '@ws/core'
import type { AdapterTraits, Connection, ToolSession } from '@ws/tools'
import type { KnownSession, TurnRequest } from './turn.ts'

/** A conversation that is free for a turn, or why there is none. */
export type TakenSession =
  | {
      readonly is: 'taken'
      readonly session: ToolSession
      readonly give: () => void
    }
  | { readonly is: 'unfit'; readonly because: 'directory' | 'context' }
  | { readonly is: 'refused'; readonly failure: Failure }

interface Held {
  readonly session: ToolSession
  readonly name: string | undefined
  readonly cwd: string
  isUsed: boolean
  isBusy: boolean
}

/** What decides how conversations share a process. */
export interface SessionsOptions {
  readonly traits: AdapterTraits
  /** Where the process was started. */
  readonly cwd: string
  /** Several conversations at a time, each with a directory of its own. */
  readonly isShared: boolean
  readonly model: string | undefined
  /** The name of the conversation that the process took up when it was started. */
  readonly takenUp: string | undefined
}

/** Conversations that are kept in a shared process before the longest unused one is closed. */
const maxKept = 64

/**
 * The conversations of one process. A turn of another conversation, in another directory or without context gets
 * a new one where the protocol can open one, a cleared one where it can clear, and otherwise another process.
 */
export class Sessions {
  readonly #connection: Connection
  readonly #options: SessionsOptions
  /** In the order in which they were last used. */
  #held: Held[] = []

  constructor(connection: Connection, options: SessionsOptions) {
    this.#connection = connection
    this.#options = options
  }

  /** Whether a conversation goes on here. */
  has(name: string): boolean {
    return this.#held.some((held) => held.name === name && held.isUsed)
  }

  /** Why the process cannot serve a turn, as far as that is known before it is tried. */
  unfit({ cwd, session, isFresh, known }: TurnRequest): 'directory' | 'context' | undefined {
    const { traits, takenUp } = this.#options
    if (traits.directory === 'process' && cwd !== this.#options.cwd) return 'directory'
    if (this.#opens) return undefined
    // It can only be taken up by a process that is started for it.
    if (
      known !== undefined &&
      session !== undefined &&
      traits.resumes &&
      !this.has(session) &&
      takenUp !== session
    )
      return 'context'
    if (traits.resets) return undefined
    const used = this.#held.find((held) => held.isUsed)
    return used !== undefined && (isFresh || used.name !== session) ? 'context' : undefined
  }

  /** A conversation for this turn, at once where one fits; it is the turn's until it is given back. */
  take(turn: TurnRequest): TakenSession | Promise<TakenSession> {
    const because = this.unfit(turn)
    if (because !== undefined) return { is: 'unfit', because }
    const fits = this.#held.find(
      (held) =>
        !held.isBusy && held.name === turn.session && held.cwd === turn.cwd && !(turn.isFresh && held.isUsed),
    )
    return fits === undefined ? this.#make(turn) : this.#lend(fits)
  }

  async #make(turn: TurnRequest): Promise<TakenSession> {
    if (this.#opens) {
      await this.#closeUnwanted(turn)
      return this.#open(turn)
    }
    const [only] = this.#held
    if (only === undefined) return this.#open(turn)
    if (only.isUsed && !(await only.session.reset())) return { is: 'unfit', because: 'context' }
    this.#held = []
    return this.#lend({ ...only, name: turn.session, isUsed: false })
  }

  /** A process can begin conversations at any time. */
  get #opens(): boolean {
    return this.#options.traits.sessions === 'many' || this.#options.traits.directory === 'session'
  }

  async #open({ cwd, session: name, known }: TurnRequest): Promise<TakenSession> {
    const { model } = this.#options
    const answer = await this.#connection.openSession({
      cwd,
      ...(model === undefined ? {} : { model }),
      ...resumption(this.#opens && this.#options.traits.resumes ? known : undefined),
    })
    if (!answer.isOpen) return { is: 'refused', failure: answer.failure }
    return this.#lend({ session: answer.session, name, cwd, isUsed: false, isBusy: false })
  }

  #lend(held: Held): TakenSession {
    if (this.#held.at(-1) !== held) this.#held = [...this.#held.filter((other) => other !== held), held]
    held.isBusy = true
    held.isUsed = true
    const give = () => {
      held.isBusy = false
    }
    return { is: 'taken', session: held.session, give }
  }

  /** One conversation at a time unless the process is shared; then the oldest of too many goes. */
  async #closeUnwanted({ isFresh, session }: TurnRequest): Promise<void> {
    const free = this.#held.filter((held) => !held.isBusy)
    const tooMany = this.#held.length - maxKept + 1
    const unwanted = this.#options.isShared
      ? free.filter((held, at) => at < tooMany || (isFresh && held.name === session))
      : free
    this.#held = this.#held.filter((held) => !unwanted.includes(held))
    await Promise.all(unwanted.map((held) => held.session.close().catch(ignoreWsError)))
  }
}

function resumption(known: KnownSession | undefined) {
  if (known === undefined) return {}
  return { sessionId: known.id, ...(known.usage === undefined ? {} : { usedBefore: known.usage }) }
}

/** A conversation that cannot be closed any more is closed. */
function ignoreWsError(error: unknown): void {
  if (!isWsError(error)) throw error
}
