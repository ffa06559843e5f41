import type { Connection, Readiness, SessionAnswer, SessionOptions } from '../../adapter/tool-adapter.ts'
import { selectText } from '../../message/select.ts'
import type { JsonObject } from '../../wire/read-lines.ts'
import type { Wire } from '../../wire/wire.ts'
import { type Protocol, type ProtocolSetting, tellNoise } from '../protocol.ts'
import { failureOfAnswer, RpcPeer } from '../rpc-peer.ts'
import { CodexSession } from './codex-session.ts'

/**
 * The protocol of `codex app-server`: one process, many threads, each with a directory of its own. A thread is a
 * session; a second prompt while one is in flight would steer the first, so there is never one.
 */
export const codexServer: Protocol = (wire, setting) => new CodexConnection(wire, setting)

class CodexConnection implements Connection {
  readonly ready: Promise<Readiness>
  readonly #wire: Wire
  readonly #setting: ProtocolSetting
  readonly #peer: RpcPeer
  readonly #sessions = new Map<string, CodexSession>()

  constructor(wire: Wire, setting: ProtocolSetting) {
    this.#wire = wire
    this.#setting = setting
    this.#peer = new RpcPeer(
      wire,
      {
        onNotification: (_method, message) => this.#hear(message),
        onRequest: async (method, params) => this.#sessionOf(params)?.answer(method, params),
        onNoise: (text) => tellNoise(this.#onlyTurn(), setting, text),
        onEnd: (end) => this.#sessions.forEach((session) => session.lose(end)),
      },
      setting,
    )
    this.ready = this.#initialize()
  }

  async openSession(options: SessionOptions): Promise<SessionAnswer> {
    const { sessionId } = options
    const readiness = await this.ready
    if (!readiness.isReady) return { isOpen: false, failure: readiness.failure }
    const session = new CodexSession(this.#peer, this.#setting, options, (id, before) => {
      if (before !== undefined) this.#sessions.delete(before)
      this.#sessions.set(id, session)
    })
    const failed = await session.open(sessionId)
    return failed === undefined ? { isOpen: true, session } : { isOpen: false, failure: failed }
  }

  close(): void {
    this.#wire.end()
  }

  async #initialize(): Promise<Readiness> {
    const clientInfo = { name: 'ws', version: '0.0.0' }
    const answer = await this.#peer.request('initialize', { clientInfo, capabilities: null })
    if (answer.kind !== 'result')
      return { isReady: false, failure: failureOfAnswer(answer, this.#setting.failures) }
    this.#peer.notify('initialized')
    const version = /\/(\d+\.[\w.-]+)/.exec(selectText(answer.result, 'userAgent') ?? '')?.[1]
    return { isReady: true, ...(version === undefined ? {} : { version }) }
  }

  #hear(message: JsonObject): void {
    // Threads that nobody here opened speak too, sub-agents among them.
    this.#sessions.get(selectText(message, 'params.threadId') ?? '')?.hear(message)
  }

  #sessionOf(params: JsonObject): CodexSession | undefined {
    return this.#sessions.get(selectText(params, 'threadId') ?? '')
  }

  /** Noise belongs to no thread: only where one turn is in flight it is known whose it is. */
  #onlyTurn() {
    const turns = [...this.#sessions.values()].flatMap((session) => session.turn ?? [])
    return turns.length === 1 ? turns[0] : undefined
  }
}
