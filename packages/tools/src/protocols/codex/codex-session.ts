import type { Failure } from '@ws/core'
import type {
  PermissionAsk,
  SessionOptions,
  ToolSession,
  TurnEnd,
  TurnOptions,
} from '../../adapter/tool-adapter.ts'
import { applyRules } from '../../message/apply-rules.ts'
import { selectNumber, selectText } from '../../message/select.ts'
import { busy, SessionTurns } from '../../turn/session-turns.ts'
import type { Turn } from '../../turn/turn.ts'
import type { JsonObject } from '../../wire/read-lines.ts'
import type { ProtocolSetting } from '../protocol.ts'
import { failureOfAnswer, type RpcAnswer, type RpcEnd, type RpcPeer } from '../rpc-peer.ts'
import { codexPolicy } from './codex-policy.ts'
import { codexServerRules } from './codex-rules.ts'

/** Told the thread that a session is from now on, and the one that it was. */
type OnThread = (threadId: string, before: string | undefined) => void

/** A session of the app server: one thread, one turn at a time. */
export class CodexSession implements ToolSession {
  readonly #peer: RpcPeer
  readonly #setting: ProtocolSetting
  readonly #options: SessionOptions
  readonly #onThread: OnThread
  readonly #turns: SessionTurns
  #threadId: string | undefined
  #turnId: string | undefined
  #isResetting = false

  constructor(peer: RpcPeer, setting: ProtocolSetting, options: SessionOptions, onThread: OnThread) {
    this.#peer = peer
    this.#setting = setting
    this.#options = options
    this.#onThread = onThread
    this.#turns = new SessionTurns(setting, {
      before: options.usedBefore,
      isResumed: options.sessionId !== undefined,
      model: options.model,
    })
  }

  get id(): string | undefined {
    return this.#threadId
  }

  get turn(): Turn | undefined {
    return this.#turns.current
  }

  /** Starts a thread, or takes one up; says why it could not. */
  async open(threadId: string | undefined): Promise<Failure | undefined> {
    const { request, failures } = this.#setting
    const model = this.#options.model ?? request.model
    const params = {
      cwd: this.#options.cwd,
      ...(model === undefined ? {} : { model }),
      ...codexPolicy(request.permission),
    }
    const answer =
      threadId === undefined
        ? await this.#peer.request('thread/start', params, (said) => this.#take(said))
        : await this.#peer.request('thread/resume', { threadId, ...params }, (said) => this.#take(said))
    if (answer.kind !== 'result') return failureOfAnswer(answer, failures)
    const hasId = selectText(answer.result, 'thread.id') !== undefined
    return hasId ? undefined : { reason: 'protocol', detail: 'the answer that opens a thread has no id' }
  }

  #take(answer: RpcAnswer): void {
    const id = answer.kind === 'result' ? selectText(answer.result, 'thread.id') : undefined
    if (id === undefined) return
    const before = this.#threadId
    this.#threadId = id
    this.#onThread(id, before)
  }

  prompt(text: string, options: TurnOptions = {}): Promise<TurnEnd> {
    if (this.#isResetting) throw busy(this.#setting.tool)
    const turn = this.#turns.start(options, this.#threadId)
    this.#turnId = undefined
    void this.#run(turn, text)
    return turn.ended
  }

  interrupt(): void {
    const turn = this.#turns.current
    if (turn === undefined || turn.isInterrupted) return
    turn.isInterrupted = true
    this.#sendInterrupt()
  }

  async reset(): Promise<boolean> {
    if (this.#isResetting || this.#turns.current !== undefined) throw busy(this.#setting.tool)
    this.#isResetting = true
    const failed = await this.open(undefined)
    this.#isResetting = false
    if (failed === undefined) this.#turns.meter.reset()
    return failed === undefined
  }

  close(): Promise<void> {
    this.interrupt()
    return Promise.resolve()
  }

  /** A notification about this thread. */
  hear(message: JsonObject): void {
    const turn = this.#turns.current
    if (turn === undefined) return this.#hearBetween(message)
    const of = selectText(message, 'params.turnId') ?? selectText(message, 'params.turn.id')
    if (message['method'] === 'turn/started') this.#turnId ??= of
    // The end of a turn before this one, which was given up.
    if (of !== undefined && this.#turnId !== undefined && of !== this.#turnId) return
    for (const saying of applyRules(codexServerRules, message)) turn.hear(saying, message)
  }

  /** Answers what the server asks about this thread. */
  async answer(method: string, params: JsonObject): Promise<object | undefined> {
    const ask = this.#askOf(method, params)
    if (ask === undefined) return undefined
    const answer = await this.#turns.current?.ask(ask)
    return { decision: answer?.isAllowed === true ? 'accept' : 'decline' }
  }

  lose(end: RpcEnd): void {
    const turn = this.#turns.current
    if (end.is === 'exited') turn?.lose(end.exit)
    else turn?.fail(end.failure)
  }

  async #run(turn: Turn, text: string): Promise<void> {
    const input = [{ type: 'text', text, text_elements: [] }]
    const answer = await this.#peer.request('turn/start', { threadId: this.#threadId, input })
    if (turn.isOver) return
    if (answer.kind === 'gone') return this.lose(answer.end)
    if (answer.kind === 'error') return turn.failWith({ message: answer.message })
    this.#turnId ??= selectText(answer.result, 'turn.id')
    if (turn.isInterrupted) this.#sendInterrupt()
  }

  #sendInterrupt(): void {
    // Where the turn's id is not known yet, the answer that brings it sends this.
    if (this.#turnId === undefined) return
    void this.#peer.request('turn/interrupt', { threadId: this.#threadId, turnId: this.#turnId })
  }

  /** What a thread that is taken up had used: the base of what is counted here. */
  #hearBetween(message: JsonObject): void {
    if (message['method'] !== 'thread/tokenUsage/updated') return
    if (this.#options.sessionId === undefined || this.#turnId !== undefined) return
    const total = (name: string) => selectNumber(message, `params.tokenUsage.total.${name}`) ?? 0
    this.#turns.meter.setBase({
      inputTokens: total('inputTokens'),
      outputTokens: total('outputTokens'),
      cachedTokens: total('cachedInputTokens'),
    })
  }

  #askOf(method: string, params: JsonObject): PermissionAsk | undefined {
    if (method === 'item/commandExecution/requestApproval') {
      const command = selectText(params, 'command')
      return {
        kind: 'command',
        name: 'command_execution',
        paths: [],
        ...(command === undefined ? {} : { command }),
      }
    }
    if (method !== 'item/fileChange/requestApproval') return undefined
    // The request names the item only; the files were said when it began.
    const paths = this.#turns.current?.pathsOf(selectText(params, 'itemId') ?? '') ?? []
    return { kind: 'write', name: 'file_change', paths }
  }
}
