import type { Failure } from '@ws/core'
import type {
  PermissionAsk,
  SessionOptions,
  ToolSession,
  TurnEnd,
  TurnOptions,
} from '../../adapter/tool-adapter.ts'
import { applyRules } from '../../message/apply-rules.ts'
import { select, selectNumber, selectText, selectTexts } from '../../message/select.ts'
import { busy, SessionTurns } from '../../turn/session-turns.ts'
import type { Turn } from '../../turn/turn.ts'
import { isJsonObject, type JsonObject } from '../../wire/read-lines.ts'
import type { ProtocolSetting } from '../protocol.ts'
import type { RpcEnd } from '../rpc-peer.ts'
import { factsOf } from './acp-error.ts'
import { type AcpSpec, acpUpdateRules, acpUsage } from './acp-spec.ts'

/** The connection, as its sessions see it. */
export interface AcpCaller {
  readonly end: RpcEnd | undefined
  /** Rejects with what the agent answered, or because it is gone. */
  request(method: string, params: object): Promise<JsonObject>
  notify(method: string, params: object): void
  register(session: AcpSession, id: string, before: string | undefined): void
  failureOf(error: unknown): Failure
}

/** A session of an ACP agent. The answer to a prompt is the end of its turn. */
export class AcpSession implements ToolSession {
  readonly #caller: AcpCaller
  readonly #setting: ProtocolSetting
  readonly #spec: AcpSpec
  readonly #options: SessionOptions
  readonly #turns: SessionTurns
  #id: string | undefined
  /** How another process can take it up; none where the agent, or our experience with it, says that it cannot. */
  #takeUpMethod: string | undefined
  #isResetting = false

  constructor(caller: AcpCaller, setting: ProtocolSetting, spec: AcpSpec, options: SessionOptions) {
    this.#caller = caller
    this.#setting = setting
    this.#spec = spec
    this.#options = options
    this.#turns = new SessionTurns(setting, {
      before: options.usedBefore,
      isResumed: options.sessionId !== undefined,
      model: options.model,
    })
  }

  get id(): string | undefined {
    return this.#id
  }

  get turn(): Turn | undefined {
    return this.#turns.current
  }

  /** Says why it could not be opened. */
  async open(capabilities: JsonObject): Promise<Failure | undefined> {
    const { sessionId } = this.#options
    const method = takeUpMethod(capabilities, this.#spec)
    this.#takeUpMethod = method
    try {
      if (sessionId === undefined) return await this.#create()
      if (method === undefined) {
        return {
          reason: 'protocol',
          detail: `"${this.#setting.tool}" cannot take up a session over this protocol`,
        }
      }
      this.#take(sessionId)
      if (this.#spec.countsAnew === true) this.#turns.meter.setBase(nothingUsed)
      const place = { sessionId, cwd: this.#options.cwd, mcpServers: [] }
      await this.#setMode(await this.#caller.request(method, place))
      return undefined
    } catch (error) {
      return this.#caller.failureOf(error)
    }
  }

  prompt(text: string, options: TurnOptions = {}): Promise<TurnEnd> {
    if (this.#isResetting) throw busy(this.#setting.tool)
    const turn = this.#turns.start(options, this.#takeUpMethod === undefined ? undefined : this.#id)
    void this.#run(turn, text)
    return turn.ended
  }

  interrupt(): void {
    const turn = this.#turns.current
    if (turn === undefined || turn.isInterrupted) return
    turn.isInterrupted = true
    this.#caller.notify('session/cancel', { sessionId: this.#id })
  }

  async reset(): Promise<boolean> {
    if (this.#isResetting || this.#turns.current !== undefined) throw busy(this.#setting.tool)
    this.#isResetting = true
    try {
      if ((await this.#create()) !== undefined) return false
      this.#turns.meter.reset()
      return true
    } catch {
      return false
    } finally {
      this.#isResetting = false
    }
  }

  close(): Promise<void> {
    this.interrupt()
    return Promise.resolve()
  }

  /** An update. Before the first turn it is history that is told again, of which the spent money counts. */
  hear(update: JsonObject): void {
    const turn = this.#turns.current
    if (turn === undefined) {
      const costUsd = selectNumber(update, 'cost.amount')
      const isBefore = this.#options.sessionId !== undefined && update['sessionUpdate'] === 'usage_update'
      if (isBefore && costUsd !== undefined && !this.#wasPrompted) this.#turns.meter.setBase({ costUsd })
      return
    }
    const rules = [...acpUpdateRules, ...(this.#spec.updateRules ?? [])]
    for (const saying of applyRules(rules, update)) turn.hear(saying, update)
  }

  async decide(params: JsonObject): Promise<object> {
    const turn = this.#turns.current
    const answer = await turn?.ask(askOf(params, turn))
    if (answer === undefined || turn?.isInterrupted === true) return cancelled
    const wanted = answer.isAllowed ? ['allow_once', 'allow_always'] : ['reject_once', 'reject_always']
    const options: JsonObject[] = select(params, 'options[]').filter(isJsonObject)
    const option = wanted.map((kind) => options.find((each) => each['kind'] === kind)).find((each) => each)
    if (option === undefined) return cancelled
    return { outcome: { outcome: 'selected', optionId: option['optionId'] } }
  }

  lose(end: RpcEnd): void {
    const turn = this.#turns.current
    if (end.is === 'exited') turn?.lose(end.exit)
    else turn?.fail(end.failure)
  }

  #wasPrompted = false

  async #create(): Promise<Failure | undefined> {
    const answer = await this.#caller.request('session/new', { cwd: this.#options.cwd, mcpServers: [] })
    const id = selectText(answer, 'sessionId')
    if (id === undefined) return { reason: 'protocol', detail: 'the answer that opens a session has no id' }
    this.#take(id)
    await this.#setMode(answer)
    return undefined
  }

  #take(id: string): void {
    this.#caller.register(this, id, this.#id)
    this.#id = id
  }

  async #setMode(answer: JsonObject): Promise<void> {
    const modeId = this.#spec.modes?.[this.#setting.request.permission]
    const offered = selectTexts(answer, 'modes.availableModes[].id')
    if (modeId === undefined || !offered.includes(modeId)) return
    if (selectText(answer, 'modes.currentModeId') === modeId) return
    await this.#caller.request('session/set_mode', { sessionId: this.#id, modeId })
  }

  async #run(turn: Turn, text: string): Promise<void> {
    this.#wasPrompted = true
    try {
      const prompt = [{ type: 'text', text }]
      this.#conclude(turn, await this.#caller.request('session/prompt', { sessionId: this.#id, prompt }))
    } catch (error) {
      const { end } = this.#caller
      if (turn.isOver) return
      if (end?.is === 'exited') turn.lose(end.exit)
      else if (end !== undefined) turn.fail(end.failure)
      else if (turn.isInterrupted) turn.interrupted()
      else turn.failWith(factsOf(error))
    }
  }

  #conclude(turn: Turn, answer: JsonObject): void {
    for (const saying of applyRules(this.#spec.responseRules ?? acpUsage('turn'), answer))
      turn.hear(saying, answer)
    const { errorText } = this.#spec
    switch (answer['stopReason']) {
      case 'end_turn':
        if (turn.error !== undefined) return turn.failWith(turn.error, answer)
        if (errorText !== undefined && new RegExp(errorText).test(turn.text)) {
          return turn.failWith({ message: turn.text }, answer)
        }
        return turn.complete(answer)
      case 'cancelled':
        // Said unasked it means that a part of the agent was killed: nobody of ours interrupted anything.
        if (turn.isInterrupted) return turn.interrupted(answer)
        return turn.fail({ reason: 'crashed', detail: 'the agent cancelled the turn by itself' }, answer)
      case 'max_tokens':
        return turn.fail({ reason: 'context-exceeded', detail: 'the model has no tokens left' }, answer)
      case 'max_turn_requests':
        return turn.fail({ reason: 'refused', detail: 'it took as many steps as it may' }, answer)
      case 'refusal':
        return turn.fail({ reason: 'refused', detail: turn.text.slice(0, 500) }, answer)
      default: {
        const detail = `the turn ended with "${String(answer['stopReason'])}", which the protocol does not know`
        turn.fail({ reason: 'protocol', detail }, answer)
      }
    }
  }
}

/** `resume` tells nothing again, so it goes before `load`. */
function takeUpMethod(capabilities: JsonObject, { isLoadBroken }: AcpSpec): string | undefined {
  if (isJsonObject(select(capabilities, 'sessionCapabilities.resume')[0])) return 'session/resume'
  return capabilities['loadSession'] === true && isLoadBroken !== true ? 'session/load' : undefined
}

const nothingUsed = { inputTokens: 0, outputTokens: 0, cachedTokens: 0 }

const cancelled = { outcome: { outcome: 'cancelled' } }

function askOf(params: JsonObject, turn: Turn): PermissionAsk {
  const name = selectText(params, 'toolCall.kind') ?? 'other'
  const command = selectText(params, 'toolCall.rawInput.command')
  const said = ['toolCall.locations[].path', 'toolCall.content[].path', 'toolCall.rawInput.file_path']
  const paths = [...new Set(said.flatMap((path) => selectTexts(params, path)))]
  const known = paths.length > 0 ? paths : turn.pathsOf(selectText(params, 'toolCall.toolCallId') ?? '')
  return { kind: turn.kindOf(name), name, paths: known, ...(command === undefined ? {} : { command }) }
}
