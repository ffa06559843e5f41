import type { Failure } from '@ws/core'
import type {
  PermissionAnswer,
  PermissionAsk,
  TurnEnd,
  TurnEvent,
  TurnOptions,
  TurnReport,
} from '../adapter/tool-adapter.ts'
import { classifyError, failureOf } from '../failure/classify.ts'
import type { ErrorFacts, FailureRule } from '../failure/failure-rule.ts'
import type { Saying, ToolKind } from '../message/apply-rules.ts'
import type { UsageMeter } from '../usage/usage-meter.ts'
import type { WireExit } from '../wire/wire.ts'
import { AnswerText } from './answer-text.ts'
import { kindOf, type ToolKinds, ToolCalls } from './tool-calls.ts'

/** What a turn is made with. */
export interface TurnSetting {
  readonly options: TurnOptions
  readonly meter: UsageMeter
  readonly rules: readonly FailureRule[]
  readonly kinds: ToolKinds
  readonly now: () => number | undefined
  /** Nothing was to be changed: what is denied is denied as it was meant to be. */
  readonly isReadOnly: boolean
  readonly maxCostUsd?: number | undefined
  readonly isWeak?: boolean
  /** Whose turn it is, where the protocol knows it before a message says it. */
  readonly sessionId?: string | undefined
}

/** More than this many denials are counted as the ones before them. */
const maxDenied = 1_000

/**
 * One turn while it lasts: gathers what is said of it, tells its listener, and ends once. Whatever comes after its
 * end changes nothing.
 */
export class Turn {
  /** How it ended; never rejects. */
  readonly ended: Promise<TurnEnd>
  readonly #setting: TurnSetting
  readonly #settle: (end: TurnEnd) => void
  readonly #answer = new AnswerText()
  readonly #tools: ToolCalls
  readonly #denied: PermissionAsk[] = []
  #error: ErrorFacts | undefined
  #sessionId: string | undefined
  #isOver = false
  /** Its owner wanted it to end. */
  isInterrupted = false

  constructor(setting: TurnSetting) {
    this.#setting = setting
    this.#tools = new ToolCalls(setting.kinds)
    this.#sessionId = setting.sessionId
    const { promise, resolve } = Promise.withResolvers<TurnEnd>()
    this.ended = promise
    this.#settle = resolve
    setting.meter.startTurn()
  }

  get isOver(): boolean {
    return this.#isOver
  }

  /** What was answered so far. */
  get text(): string {
    return this.#answer.text
  }

  get error(): ErrorFacts | undefined {
    return this.#error
  }

  /** Takes in what a message says; `raw` is kept where it ends the turn. */
  hear(saying: Saying, raw?: unknown): void {
    if (this.#isOver) return
    switch (saying.says) {
      case 'session':
        this.#sessionId = saying.id
        break
      case 'model':
        this.#setting.meter.model = saying.model
        break
      case 'text':
        this.#answer[saying.part](saying.text)
        if (saying.part !== 'answer' && saying.text !== '') this.emit({ type: 'text', text: saying.text })
        break
      case 'tool':
        this.#answer.pause()
        this.#hearTool(saying)
        break
      case 'usage':
        this.emit({ type: 'usage', usage: this.#setting.meter.read(saying.reading) })
        break
      case 'retrying':
        this.emit({ type: 'retrying', attempt: saying.attempt, detail: saying.detail })
        break
      case 'denied':
        this.#hearDenied(saying)
        break
      case 'error':
        this.#error = saying.error
        break
      case 'end':
        this.#end(saying.outcome, raw)
        break
    }
  }

  noise(text: string): void {
    this.emit({ type: 'noise', text })
  }

  /** What the owner of the turn says to something the tool asks for; without an owner, no. */
  async ask(ask: PermissionAsk): Promise<PermissionAnswer> {
    let answer: PermissionAnswer = { isAllowed: false, because: 'nobody is there to allow it' }
    try {
      if (!this.#isOver) answer = (await this.#setting.options.decide?.(ask)) ?? answer
    } catch {
      answer = { isAllowed: false, because: 'it could not be decided' }
    }
    if (!answer.isAllowed) this.deny(ask)
    this.emit({ type: 'asked', ask, isAllowed: answer.isAllowed })
    return answer
  }

  /** A tool that says itself what was denied may name what an answer of ours denied: each once. */
  deny(ask: PermissionAsk): void {
    if (this.#isOver || this.#denied.length >= maxDenied) return
    const key = JSON.stringify([ask.name, ask.paths, ask.command])
    if (this.#denied.some((other) => JSON.stringify([other.name, other.paths, other.command]) === key)) return
    this.#denied.push(ask)
  }

  kindOf(name: string): ToolKind {
    return kindOf(name, this.#setting.kinds)
  }

  /** Files that a tool of the agent is about that has begun. */
  pathsOf(callId: string): readonly string[] {
    return this.#tools.pathsOf(callId)
  }

  /** The tool ended its turn in order. */
  complete(raw?: unknown): void {
    const report = this.#report(raw)
    const isRefused = this.#denied.length > 0 && !this.#tools.hasActed && !this.#setting.isReadOnly
    if (!isRefused) return this.#finish({ ...report, outcome: 'completed' })
    const names = [...new Set(this.#denied.map(({ name }) => name))].join(', ')
    const failure: Failure = {
      reason: 'refused',
      detail: `${names} was not allowed, and nothing was changed`,
    }
    this.#finish({ ...report, outcome: 'failed', failure })
  }

  /** The tool ended its turn because it was told to. */
  interrupted(raw?: unknown): void {
    this.#finish({ ...this.#report(raw), outcome: 'interrupted' })
  }

  fail(failure: Failure, raw?: unknown): void {
    this.#finish({ ...this.#report(raw), outcome: 'failed', failure })
  }

  /** The turn failed with an error; one that no rule knows is a crash of the tool. */
  failWith(error: ErrorFacts, raw?: unknown): void {
    this.fail(this.judge(error) ?? failureOf('crashed', error), raw)
  }

  /** The failure that an error is, where a rule knows it. */
  judge(error: ErrorFacts): Failure | undefined {
    const { rules, now, meter, maxCostUsd = 0 } = this.#setting
    const spending = { spentUsd: meter.turn().costUsd ?? 0, reservedUsd: maxCostUsd }
    return classifyError(error, { rules, now: now(), spending })
  }

  /** The process is gone before it said how the turn ended. */
  lose(exit: WireExit): void {
    if (this.isInterrupted) return this.interrupted()
    this.#finish({ ...this.#report(), outcome: 'lost', exit })
  }

  emit(event: TurnEvent): void {
    if (this.#isOver) return
    try {
      this.#setting.options.onEvent?.(event)
    } catch {
      // A listener that throws hurts nobody.
    }
  }

  #hearTool(saying: Extract<Saying, { says: 'tool' }>): void {
    const event = this.#tools.hear(saying)
    if (event !== undefined) this.emit(event)
  }

  #hearDenied({ id, command, ...saying }: Extract<Saying, { says: 'denied' }>): void {
    const name = saying.name ?? (id === undefined ? undefined : this.#tools.nameOf(id)) ?? 'tool'
    const paths = saying.paths.length > 0 || id === undefined ? saying.paths : this.#tools.pathsOf(id)
    this.deny({ kind: this.kindOf(name), name, paths, ...(command === undefined ? {} : { command }) })
  }

  #end(outcome: 'completed' | 'failed' | 'interrupted', raw: unknown): void {
    if (outcome === 'interrupted' || (outcome === 'failed' && this.isInterrupted)) this.interrupted(raw)
    else if (outcome === 'failed') this.failWith(this.#error ?? { message: this.#answer.text }, raw)
    else this.complete(raw)
  }

  #report(raw?: unknown): TurnReport {
    const { meter, isWeak = false } = this.#setting
    const files = this.#tools.files
    return {
      text: this.#answer.text,
      usage: meter.turn(),
      sessionUsage: meter.session(),
      denied: this.#denied,
      ...(this.#sessionId === undefined ? {} : { sessionId: this.#sessionId }),
      ...(files.length === 0 ? {} : { files }),
      ...(isWeak ? { isWeak } : {}),
      ...(raw === undefined ? {} : { raw }),
    }
  }

  #finish(end: TurnEnd): void {
    if (this.#isOver) return
    this.#isOver = true
    this.#settle(end)
  }
}
