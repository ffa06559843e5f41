import type { Failure } from '@ws/core'
import type { Readiness, TurnEnd, TurnOptions } from '../../adapter/tool-adapter.ts'
import { applyRules } from '../../message/apply-rules.ts'
import { selectObject, selectText, selectTexts } from '../../message/select.ts'
import { busy, SessionTurns } from '../../turn/session-turns.ts'
import type { Turn } from '../../turn/turn.ts'
import type { JsonObject } from '../../wire/read-lines.ts'
import type { Wire, WireExit } from '../../wire/wire.ts'
import { type OnlySession, onlySession } from '../only-session.ts'
import { type Protocol, type ProtocolSetting, tellNoise } from '../protocol.ts'
import { exitFailure, readFrames, sendJson, tooLong } from '../read-frames.ts'
import { claudeRules } from './claude-rules.ts'
import { askOf } from './claude-ask.ts'

/**
 * The protocol of `--input-format stream-json`: one session for each process, a message of ours for each turn, one
 * `result` for each message. Requests go both ways: ours to initialise and to interrupt, theirs for permission.
 */
export const claudeStream: Protocol = (wire, setting) =>
  onlySession(new ClaudeSession(wire, setting), setting)

/** Lives as long as its process:
 *
 *     starting ──answer to initialize──► open ──exit, or a line too long──► broken
 */
type State =
  | { readonly is: 'starting' }
  | { readonly is: 'open' }
  | { readonly is: 'broken'; readonly failure: Failure; readonly exit?: WireExit }

/** The first request of a connection. */
const initializeId = 'ws-1'

class ClaudeSession implements OnlySession {
  readonly ready: Promise<Readiness>
  readonly #settleReady: (readiness: Readiness) => void
  readonly #wire: Wire
  readonly #setting: ProtocolSetting
  #state: State = { is: 'starting' }
  #turns: SessionTurns
  #id: string | undefined
  #requests = 1
  /** Settles the `/clear` that is under way. */
  #clearing: ((isDone: boolean) => void) | undefined
  /** Requests of theirs that wait for an answer; one that is taken back gets none. */
  readonly #asking = new Set<string>()

  constructor(wire: Wire, setting: ProtocolSetting) {
    this.#wire = wire
    this.#setting = setting
    const { sessionId, usedBefore } = setting.request
    this.#id = sessionId
    this.#turns = new SessionTurns(setting, { before: usedBefore, isResumed: sessionId !== undefined })
    const { promise, resolve } = Promise.withResolvers<Readiness>()
    this.ready = promise
    this.#settleReady = resolve
    sendJson(wire, {
      type: 'control_request',
      request_id: initializeId,
      request: { subtype: 'initialize', hooks: null },
    })
    void readFrames(
      wire,
      {
        onMessage: (message) => this.#hear(message),
        onNoise: (text) => tellNoise(this.#turns.current, setting, text),
        onTooLong: (bytes) => this.#break({ is: 'broken', failure: tooLong(bytes) }),
        onExit: (exit) => this.#break({ is: 'broken', failure: exitFailure(exit, setting.failures), exit }),
      },
      setting,
    )
  }

  get id(): string | undefined {
    return this.#id
  }

  prompt(text: string, options: TurnOptions = {}): Promise<TurnEnd> {
    if (this.#clearing !== undefined) throw busy(this.#setting.tool)
    const turn = this.#turns.start(options)
    if (this.#state.is === 'broken') this.#fail(turn, this.#state)
    else this.#send(text)
    return turn.ended
  }

  interrupt(): void {
    const turn = this.#turns.current
    if (turn === undefined) return
    turn.isInterrupted = true
    const request_id = `ws-${++this.#requests}`
    sendJson(this.#wire, { type: 'control_request', request_id, request: { subtype: 'interrupt' } })
  }

  reset(): Promise<boolean> {
    if (this.#turns.current !== undefined || this.#clearing !== undefined) throw busy(this.#setting.tool)
    if (this.#state.is === 'broken') return Promise.resolve(false)
    const { promise, resolve } = Promise.withResolvers<boolean>()
    this.#clearing = resolve
    this.#send('/clear')
    return promise
  }

  close(): Promise<void> {
    this.#wire.end()
    return Promise.resolve()
  }

  #send(text: string): void {
    const content = [{ type: 'text', text }]
    sendJson(this.#wire, { type: 'user', message: { role: 'user', content } })
  }

  #hear(message: JsonObject): void {
    if (this.#state.is === 'broken') return
    switch (message['type']) {
      case 'control_response':
        return this.#hearAnswer(message)
      case 'control_request':
        return this.#hearRequest(message)
      case 'control_cancel_request':
        this.#asking.delete(String(message['request_id']))
        return
      default:
    }
    if (this.#clearing !== undefined) return this.#hearClear(message)
    const turn = this.#turns.current
    for (const saying of applyRules(claudeRules, message)) {
      if (saying.says === 'session') this.#id = saying.id
      turn?.hear(saying, message)
    }
  }

  #hearAnswer(message: JsonObject): void {
    const answer = selectObject(message, 'response')
    if (answer?.['request_id'] !== initializeId || this.#state.is !== 'starting') return
    if (answer['subtype'] !== 'success') {
      const said = selectText(answer, 'error') ?? 'it refused to be initialised'
      return this.#break({ is: 'broken', failure: { reason: 'protocol', detail: said } })
    }
    this.#state = { is: 'open' }
    const version = selectText(answer, 'response.claude_code_version')
    const models = selectTexts(answer, 'response.models[].value')
    this.#settleReady({
      isReady: true,
      ...(version === undefined ? {} : { version }),
      ...(models.length === 0 ? {} : { models }),
    })
  }

  #hearRequest(message: JsonObject): void {
    const id = String(message['request_id'])
    const request = selectObject(message, 'request')
    if (request?.['subtype'] !== 'can_use_tool') {
      return sendJson(this.#wire, {
        type: 'control_response',
        response: { subtype: 'error', request_id: id, error: 'not supported' },
      })
    }
    this.#asking.add(id)
    void this.#answer(id, request)
  }

  async #answer(request_id: string, request: JsonObject): Promise<void> {
    const turn = this.#turns.current
    const answer = (await turn?.ask(askOf(request, (name) => turn.kindOf(name)))) ?? {
      isAllowed: false,
      because: 'no turn is in flight',
    }
    if (!this.#asking.delete(request_id)) return
    const response = answer.isAllowed
      ? { behavior: 'allow', updatedInput: request['input'] ?? {} }
      : { behavior: 'deny', message: answer.because }
    sendJson(this.#wire, { type: 'control_response', response: { subtype: 'success', request_id, response } })
  }

  #hearClear(message: JsonObject): void {
    if (message['type'] !== 'result') return
    const isDone = message['is_error'] !== true
    if (isDone) this.#turns.meter.reset()
    this.#id = selectText(message, 'session_id') ?? this.#id
    this.#clearing?.(isDone)
    this.#clearing = undefined
  }

  #break(broken: Extract<State, { is: 'broken' }>): void {
    // The first cause wins; the exit that follows it is its consequence.
    const cause = this.#state.is === 'broken' ? this.#state : broken
    this.#state = cause
    this.#settleReady({ isReady: false, failure: cause.failure })
    this.#clearing?.(false)
    this.#clearing = undefined
    this.#asking.clear()
    const turn = this.#turns.current
    if (turn !== undefined) this.#fail(turn, cause)
  }

  #fail(turn: Turn, { failure, exit }: Extract<State, { is: 'broken' }>): void {
    if (exit === undefined) turn.fail(failure)
    else turn.lose(exit)
  }
}
