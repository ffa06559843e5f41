import type { ClientConnection } from '@agentclientprotocol/sdk'
import type { Failure } from '@ws/core'
import type { Connection, Readiness, SessionAnswer, SessionOptions } from '../../adapter/tool-adapter.ts'
import { selectText } from '../../message/select.ts'
import { isJsonObject, type JsonObject } from '../../wire/read-lines.ts'
import type { Wire } from '../../wire/wire.ts'
import { type Protocol, type ProtocolSetting, tellNoise } from '../protocol.ts'
import { exitFailure, readFrames, tooLong } from '../read-frames.ts'
import type { RpcEnd } from '../rpc-peer.ts'
import { failureOfError } from './acp-error.ts'
import { AcpSession, type AcpCaller } from './acp-session.ts'
import type { AcpSpec } from './acp-spec.ts'
import { AcpStream } from './acp-stream.ts'

/** The Agent Client Protocol, version 1, through its SDK, which is loaded with the first connection. */
export function acp(spec: AcpSpec = {}): Protocol {
  return (wire, setting) => new AcpConnection(wire, setting, spec)
}

type Sdk = typeof import('@agentclientprotocol/sdk')

class AcpConnection implements Connection, AcpCaller {
  readonly ready: Promise<Readiness>
  readonly #wire: Wire
  readonly #setting: ProtocolSetting
  readonly #spec: AcpSpec
  readonly #sessions = new Map<string, AcpSession>()
  readonly #opening = new Set<AcpSession>()
  #client: ClientConnection | undefined
  #capabilities: JsonObject = {}
  #end: RpcEnd | undefined

  constructor(wire: Wire, setting: ProtocolSetting, spec: AcpSpec) {
    this.#wire = wire
    this.#setting = setting
    this.#spec = spec
    this.ready = this.#start()
  }

  async openSession(options: SessionOptions): Promise<SessionAnswer> {
    const readiness = await this.ready
    if (!readiness.isReady) return { isOpen: false, failure: readiness.failure }
    const session = new AcpSession(this, this.#setting, this.#spec, options)
    this.#opening.add(session)
    const failure = await session.open(this.#capabilities)
    this.#opening.delete(session)
    return failure === undefined ? { isOpen: true, session } : { isOpen: false, failure }
  }

  close(): void {
    this.#wire.end()
  }

  async request(method: string, params: object): Promise<JsonObject> {
    if (this.#client === undefined || this.#end !== undefined) throw new Error('the agent is gone')
    const result = await this.#client.agent.request<unknown>(method, params)
    return isJsonObject(result) ? result : {}
  }

  notify(method: string, params: object): void {
    this.#client?.agent.notify(method, params).catch(() => {})
  }

  register(session: AcpSession, id: string, before: string | undefined): void {
    if (before !== undefined) this.#sessions.delete(before)
    this.#sessions.set(id, session)
  }

  failureOf(error: unknown): Failure {
    const { failures } = this.#setting
    if (this.#end === undefined) return failureOfError(error, failures)
    return this.#end.is === 'exited' ? exitFailure(this.#end.exit, failures) : this.#end.failure
  }

  get end(): RpcEnd | undefined {
    return this.#end
  }

  async #start(): Promise<Readiness> {
    let sdk: Sdk
    try {
      sdk = await import('@agentclientprotocol/sdk')
    } catch (error) {
      const detail = `the SDK of the protocol could not be loaded: ${String(error)}`
      return { isReady: false, failure: { reason: 'infrastructure', detail } }
    }
    const stream = new AcpStream(this.#wire, (method, message) => {
      if (method === sdk.methods.client.session.update) this.#hear(message)
    })
    const exited = this.#read(stream)
    this.#client = this.#connect(sdk, stream)
    try {
      return await this.#initialize(sdk)
    } catch (error) {
      // A connection that closed before the exit was seen: the exit says why.
      if (this.#client.signal.aborted && this.#end === undefined) await exited
      return { isReady: false, failure: this.failureOf(error) }
    }
  }

  #read(stream: AcpStream): Promise<void> {
    return readFrames(
      this.#wire,
      {
        onMessage: (message) => {
          if (this.#end === undefined && !stream.push(message)) this.#noise(JSON.stringify(message))
        },
        onNoise: (text) => this.#noise(text),
        onTooLong: (bytes) => this.#finish({ is: 'broken', failure: tooLong(bytes) }, stream),
        onExit: (exit) => this.#finish({ is: 'exited', exit }, stream),
      },
      this.#setting,
    )
  }

  #connect(sdk: Sdk, { stream }: AcpStream): ClientConnection {
    const { requestPermission } = sdk.methods.client.session
    const asObject = (params: unknown) => (isJsonObject(params) ? params : {})
    // The SDK's own parsers refuse what a newer agent says; ours reads what it knows.
    return sdk
      .client({ name: 'ws' })
      .onRequest(requestPermission, asObject, ({ params }) => this.#decide(params))
      .connect(stream)
  }

  async #initialize(sdk: Sdk): Promise<Readiness> {
    const answer = await this.request(sdk.methods.agent.initialize, {
      protocolVersion: sdk.PROTOCOL_VERSION,
      clientCapabilities: { fs: { readTextFile: false, writeTextFile: false }, terminal: false },
      clientInfo: { name: 'ws', version: '0.0.0' },
    })
    const spoken = answer['protocolVersion']
    if (spoken !== sdk.PROTOCOL_VERSION) {
      const detail = `it speaks version ${String(spoken)} of the protocol, expected ${sdk.PROTOCOL_VERSION}`
      return { isReady: false, failure: { reason: 'protocol', detail } }
    }
    this.#capabilities = isJsonObject(answer['agentCapabilities']) ? answer['agentCapabilities'] : {}
    const version = selectText(answer, 'agentInfo.version')
    return { isReady: true, ...(version === undefined ? {} : { version }) }
  }

  #hear({ params }: JsonObject): void {
    if (isJsonObject(params) && isJsonObject(params['update']))
      this.#sessionOf(params)?.hear(params['update'])
  }

  async #decide(params: JsonObject): Promise<object> {
    const session = this.#sessionOf(params)
    return (await session?.decide(params)) ?? { outcome: { outcome: 'cancelled' } }
  }

  /** An agent may speak of a session before it has answered with its id: then it is the one being opened. */
  #sessionOf(params: JsonObject): AcpSession | undefined {
    const known = this.#sessions.get(selectText(params, 'sessionId') ?? '')
    return known ?? (this.#opening.size === 1 ? [...this.#opening][0] : undefined)
  }

  #noise(text: string): void {
    const turns = [...this.#sessions.values()].flatMap((session) => session.turn ?? [])
    tellNoise(turns.length === 1 ? turns[0] : undefined, this.#setting, text)
  }

  #finish(end: RpcEnd, stream: AcpStream): void {
    if (this.#end !== undefined) return
    this.#end = end
    for (const session of this.#sessions.values()) session.lose(end)
    stream.end()
  }
}
