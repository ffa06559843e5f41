import type { AgentProcess } from '../agent-process.ts'
import type { AgentVoice } from '../agent-voice.ts'
import { playTurn, type RunningTurn } from '../play-turn.ts'
import { TurnTally } from '../turn-tally.ts'
import { contentText, objectOf, parseObject, textOf, type JsonObject } from './json-value.ts'
import { RpcServer, type RpcCall } from './rpc-server.ts'

/** What differs between the agents that speak ACP. */
export interface AcpAgent {
  /** The answer to `initialize`. */
  readonly welcome: object
  /** What a new session has besides its id. */
  readonly session: object
  /** The commands that it says it has, and when. */
  readonly commands: object
  readonly commandsCome: 'before-session' | 'after-session' | 'at-prompt' | 'at-end'
  /** Whether it ends its turns when its input ends, or drops them. */
  readonly drains: boolean
  /** Whether an older session can be taken up. */
  readonly loads: boolean
  /** The error that it answers with where it is to take up one that it does not have. */
  readonly unknownSession: (sessionId: string) => {
    readonly code: number
    readonly message: string
    readonly data?: object
  }
  readonly voice: (turn: AcpTurn) => AgentVoice
}

/** One prompt, and what a voice may do about it. */
export interface AcpTurn {
  readonly prompt: string
  readonly sessionId: string
  readonly isFirst: boolean
  newId(): string
  update(update: object): void
  /** Asks whether it may; `true` where an option of a kind that allows was taken. */
  askPermission(params: {
    readonly options: readonly AcpOption[]
    readonly toolCall: object
  }): Promise<boolean>
  /** Asks the client anything else and waits for its answer. */
  request(method: string, params: object): Promise<JsonObject>
  /** Answers the prompt, which ends the turn. */
  finish(answer: { readonly result: object } | { readonly error: object }): void
}

export interface AcpOption {
  readonly optionId: string
  readonly name: string
  readonly kind: string
}

interface Session {
  readonly cwd: string
  readonly tally: TurnTally
  prompts: number
  running: RunningTurn | undefined
}

/** Speaks ACP: many sessions in one process, each with its own directory. */
export async function speakAcp(process: AgentProcess, agent: AcpAgent): Promise<number> {
  const rpc = new RpcServer(process.port, { saysVersion: true })
  const sessions = new Map<string, Session>()
  const turns = new Set<Promise<unknown>>()

  for await (const line of process.input.lines()) {
    const message = parseObject(line)
    const call = message === undefined ? undefined : rpc.hear(message)
    if (call !== undefined) answer(call)
  }
  if (agent.drains) await Promise.all(turns)
  return 0

  function answer({ id, method, params }: RpcCall): void {
    const sessionId = textOf(params['sessionId'])
    switch (method) {
      case 'initialize':
        return rpc.reply(id, agent.welcome)
      case 'session/new':
        return open(id, `ses_${process.id()}`, params)
      case 'session/load':
      case 'session/resume': {
        if (agent.loads && !process.forgets) return open(id, sessionId, params)
        const { code, message, data } = agent.unknownSession(sessionId)
        return rpc.reject(id, code, message, data)
      }
      case 'session/prompt':
        return prompt(id, sessionId, params)
      case 'session/cancel':
        return sessions.get(sessionId)?.running?.interrupt()
      case 'authenticate':
      case 'session/set_mode':
      case 'session/set_model':
      case 'session/set_config_option':
        return rpc.reply(id, {})
      case 'session/close':
        sessions.delete(sessionId)
        return rpc.reply(id, {})
      default:
        if (id !== undefined) rpc.reject(id, -32601, `"Method not found": ${method}`)
    }
  }

  function open(id: unknown, sessionId: string, params: JsonObject): void {
    const cwd = textOf(params['cwd']) || process.cwd
    sessions.set(sessionId, { cwd, tally: new TurnTally(), prompts: 0, running: undefined })
    if (agent.commandsCome === 'before-session') update(sessionId, agent.commands)
    rpc.reply(id, { sessionId, ...agent.session })
    if (agent.commandsCome === 'after-session') update(sessionId, agent.commands)
  }

  function prompt(id: unknown, sessionId: string, params: JsonObject): void {
    const session = sessions.get(sessionId)
    if (session === undefined) return rpc.reject(id, -32602, `Session not found: ${sessionId}`)
    const text = contentText(params['prompt'])
    const isFirst = session.prompts++ === 0
    if (isFirst && agent.commandsCome === 'at-prompt') update(sessionId, agent.commands)
    const voice = agent.voice({
      prompt: text,
      sessionId,
      isFirst,
      newId: () => process.id(),
      update: (fields) => update(sessionId, fields),
      askPermission: async ({ options, toolCall }) => {
        const { answer: said } = rpc.ask('session/request_permission', { sessionId, options, toolCall })
        const chosen = objectOf((await said)['outcome'])['optionId']
        return options.some(({ optionId, kind }) => optionId === chosen && kind.startsWith('allow'))
      },
      request: (method, fields) => rpc.ask(method, { sessionId, ...fields }).answer,
      finish: (said) => {
        if (isFirst && agent.commandsCome === 'at-end') update(sessionId, agent.commands)
        rpc.replyLast(id, said)
      },
    })
    session.running = playTurn(process, { prompt: text, cwd: session.cwd, voice, tally: session.tally })
    const { ended } = session.running
    turns.add(ended)
    void ended.then(() => turns.delete(ended))
  }

  function update(sessionId: string, fields: object): void {
    rpc.notify('session/update', { sessionId, update: fields })
  }
}
