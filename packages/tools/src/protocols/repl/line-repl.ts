import { WsError } from '@ws/core'
import type { Readiness, TurnEnd, TurnOptions } from '../../adapter/tool-adapter.ts'
import { applyRules } from '../../message/apply-rules.ts'
import { AnswerText } from '../../turn/answer-text.ts'
import { busy, SessionTurns } from '../../turn/session-turns.ts'
import type { Turn } from '../../turn/turn.ts'
import { LineFramer } from '../../wire/line-framer.ts'
import { parseJsonLine } from '../../wire/read-lines.ts'
import { sanitizeTerminalText, terminalSanitizer } from '../../wire/terminal-sanitizer.ts'
import type { Wire, WireExit } from '../../wire/wire.ts'
import { type OnlySession, onlySession } from '../only-session.ts'
import { type Protocol, type ProtocolSetting, tellNoise } from '../protocol.ts'
import { exitFailure, exitOf, sendText, tooLong } from '../read-frames.ts'
import { fillTemplate, ReplFrame } from './repl-frame.ts'
import { readOutput } from './repl-output.ts'
import type { ReplSpec } from './repl-spec.ts'

/** Any program that reads prompts and writes answers as text, described by data. */
export function lineRepl(spec: ReplSpec): Protocol {
  return (wire, setting) => onlySession(new ReplSession(wire, setting, spec), setting)
}

/** What is going on. A reset is a turn that nobody sees.
 *
 *     starting ──ready──► idle ◄──end── turn, reset
 *         └────────────── exit ──────────────► gone
 */
type State =
  | { readonly is: 'starting'; tail: string }
  | { readonly is: 'idle' }
  | { readonly is: 'turn'; readonly turn: Turn; readonly frame: ReplFrame; readonly said: AnswerText }
  | { readonly is: 'reset'; readonly frame: ReplFrame; readonly settle: (isDone: boolean) => void }
  | { readonly is: 'gone'; readonly exit: WireExit }

class ReplSession implements OnlySession {
  readonly id = undefined
  readonly ready: Promise<Readiness>
  readonly #settleReady: (readiness: Readiness) => void
  readonly #wire: Wire
  readonly #setting: ProtocolSetting
  readonly #spec: ReplSpec
  readonly #turns: SessionTurns
  #state: State
  #count = 0
  #stopWaiting: (() => void) | undefined

  constructor(wire: Wire, setting: ProtocolSetting, spec: ReplSpec) {
    if ('quietMs' in spec.end && setting.options.clock === undefined) {
      throw new WsError(
        'WS_TOOL_CLOCK',
        `the turns of "${setting.tool}" end by silence, which takes a clock`,
        {
          hint: 'pass { clock: systemClock() } to connect',
        },
      )
    }
    this.#wire = wire
    this.#setting = setting
    this.#spec = spec
    const isWeak = 'quietMs' in spec.end || 'pattern' in spec.end
    this.#turns = new SessionTurns(setting, { before: setting.request.usedBefore, isWeak })
    const { promise, resolve } = Promise.withResolvers<Readiness>()
    this.ready = promise
    this.#settleReady = resolve
    this.#state = spec.ready === undefined ? { is: 'idle' } : { is: 'starting', tail: '' }
    if (spec.ready === undefined) resolve({ isReady: true })
    void this.#read()
  }

  prompt(text: string, options: TurnOptions = {}): Promise<TurnEnd> {
    if (this.#state.is === 'reset') throw busy(this.#setting.tool)
    const turn = this.#turns.start(options)
    if (this.#state.is === 'gone') {
      turn.lose(this.#state.exit)
      return turn.ended
    }
    const id = this.#newId(text)
    this.#state = { is: 'turn', turn, frame: this.#frame(id), said: new AnswerText() }
    const { send, sendBlock, end } = this.#spec
    const lines = text.replaceAll('\r\n', '\n')
    const template = lines.includes('\n') ? (sendBlock ?? send) : send
    const after = 'after' in end ? end.after : ''
    sendText(this.#wire, fillTemplate(template, { text: lines, id }) + fillTemplate(after, { text: '', id }))
    if (this.#isOneTurn) this.#quit()
    return turn.ended
  }

  interrupt(): void {
    if (this.#state.is === 'turn') this.#state.turn.isInterrupted = true
  }

  reset(): Promise<boolean> {
    const { reset, end } = this.#spec
    if (this.#state.is === 'turn' || this.#state.is === 'reset') throw busy(this.#setting.tool)
    // Without a sentinel it is not known when the program has forgotten.
    if (reset === undefined || !('after' in end) || this.#state.is !== 'idle') return Promise.resolve(false)
    const { promise, resolve } = Promise.withResolvers<boolean>()
    const id = this.#newId('')
    this.#state = { is: 'reset', frame: this.#frame(id), settle: resolve }
    sendText(this.#wire, fillTemplate(reset, { text: '', id }) + fillTemplate(end.after, { text: '', id }))
    return promise
  }

  close(): Promise<void> {
    this.#quit()
    return Promise.resolve()
  }

  get #isOneTurn(): boolean {
    return this.#setting.request.mode === 'one-shot' || 'exit' in this.#spec.end
  }

  #quit(): void {
    if (this.#spec.quit !== undefined)
      sendText(this.#wire, fillTemplate(this.#spec.quit, { text: '', id: '' }))
    this.#wire.end()
  }

  /** A mark that the prompt does not hold, in letters that any program takes in a name. */
  #newId(text: string): string {
    for (;;) {
      const id = (this.#setting.options.newId?.() ?? '').replace(/[^A-Za-z0-9]/g, '')
      const mark = `${id}${++this.#count}`
      if (!this.#marksOf(mark).some((line) => text.includes(line))) return mark
    }
  }

  /** The lines of ours that hold a mark. */
  #marksOf(id: string): string[] {
    const { send, sendBlock = send, end } = this.#spec
    const written = [send, sendBlock, 'after' in end ? end.after : '']
    const lines = written.flatMap((template) => fillTemplate(template, { text: '', id }).split('\n'))
    return lines.map((line) => line.trim()).filter((line) => line.includes(id))
  }

  #frame(id: string): ReplFrame {
    return new ReplFrame(this.#spec.end, { id, ready: this.#spec.ready })
  }

  async #read(): Promise<void> {
    const { end } = this.#spec
    try {
      if ('messages' in end) await this.#readMessages(end.messages)
      else await this.#readText()
    } catch {
      // A stream that broke: the end of the process says what became of it.
    }
    this.#hearExit(await exitOf(this.#wire))
  }

  async #readMessages(rules: Parameters<typeof applyRules>[0]): Promise<void> {
    const { maxLineBytes } = this.#setting
    const framer = new LineFramer(maxLineBytes === undefined ? {} : { maxLineBytes })
    const hear = (line: ReturnType<LineFramer['push']>) => {
      for (const each of line) {
        const turn = this.#turns.current
        if (each.kind === 'too-long') turn?.fail(tooLong(each.bytes))
        else if (this.#state.is === 'starting') this.#hearReady(`${each.text}\n`)
        else if (each.text.trim() !== '') this.#hearLine(each.text, rules)
      }
    }
    for await (const bytes of this.#wire.output) hear(framer.push(bytes))
    hear(framer.end())
  }

  #hearLine(text: string, rules: Parameters<typeof applyRules>[0]): void {
    const frame = parseJsonLine(text)
    const turn = this.#turns.current
    if (frame.kind === 'noise') return tellNoise(turn, this.#setting, sanitizeTerminalText(frame.text))
    for (const saying of applyRules(rules, frame.message)) turn?.hear(saying, frame.message)
    if (turn?.isOver === true) this.#state = { is: 'idle' }
  }

  async #readText(): Promise<void> {
    const decoder = new TextDecoder()
    const sanitizer = terminalSanitizer()
    for await (const bytes of this.#wire.output)
      this.#hearText(sanitizer.push(decoder.decode(bytes, { stream: true })))
    this.#hearText(sanitizer.push(decoder.decode()) + sanitizer.end())
  }

  #hearText(text: string): void {
    if (text === '') return
    switch (this.#state.is) {
      case 'starting':
        return this.#hearReady(text)
      case 'turn':
        return this.#hearTurn(this.#state, text)
      case 'reset':
        if (this.#state.frame.push(text).is === 'ended') this.#endReset(this.#state, true)
        return
      case 'idle':
      case 'gone':
        return tellNoise(undefined, this.#setting, text)
    }
  }

  #hearReady(text: string): void {
    if (this.#state.is !== 'starting' || this.#spec.ready === undefined) return
    this.#state.tail = (this.#state.tail + text).slice(-65_536)
    if (!new RegExp(this.#spec.ready).test(this.#state.tail)) return
    this.#state = { is: 'idle' }
    this.#settleReady({ isReady: true })
  }

  #hearTurn(state: Extract<State, { is: 'turn' }>, text: string): void {
    const { turn, frame, said } = state
    const wasEnding = frame.ending() !== undefined
    said.delta(text)
    const progress = frame.push(text)
    // What says the end, and what comes after it, is no part of the answer.
    const shown = wasEnding ? '' : text.slice(0, Math.max(0, text.length - (frame.ending()?.tail ?? 0)))
    if (shown !== '') turn.emit({ type: 'text', text: shown })
    if (progress.is === 'ended') this.#endTurn(state, progress.tail)
    else this.#awaitQuiet(state)
  }

  #awaitQuiet(state: Extract<State, { is: 'turn' }>): void {
    const { end } = this.#spec
    const { clock } = this.#setting.options
    if (!('quietMs' in end) || clock === undefined) return
    this.#stopWaiting?.()
    this.#stopWaiting = clock.wakeAt(clock.now() + end.quietMs, () => {
      if (this.#state !== state) return
      const match =
        end.prompt === undefined ? undefined : new RegExp(end.prompt).exec(state.said.text.slice(-8_192))
      if (match === null) return
      this.#endTurn(state, match === undefined ? 0 : match[0].length)
    })
  }

  /** The turn is over; `tail` characters at the end of what was said are no part of it. */
  #endTurn({ turn, said }: Extract<State, { is: 'turn' }>, tail: number): void {
    this.#state = { is: 'idle' }
    this.#stopWaiting?.()
    const failure = readOutput(this.#spec, turn, tail === 0 ? said.text : said.text.slice(0, -tail))
    if (turn.isInterrupted) turn.interrupted()
    else if (failure === undefined) turn.complete()
    else turn.fail(failure)
  }

  #endReset({ settle }: Extract<State, { is: 'reset' }>, isDone: boolean): void {
    this.#state = { is: 'idle' }
    if (isDone) this.#turns.meter.reset()
    settle(isDone)
  }

  #hearExit(exit: WireExit): void {
    const state = this.#state
    this.#stopWaiting?.()
    this.#settleReady({ isReady: false, failure: exitFailure(exit, this.#setting.failures) })
    if (state.is === 'turn') this.#endAtExit(state, exit)
    else if (state.is === 'reset') this.#endReset(state, false)
    this.#state = { is: 'gone', exit }
  }

  #endAtExit(state: Extract<State, { is: 'turn' }>, exit: WireExit): void {
    const { turn, frame, said } = state
    const isEnd = frame.ending() !== undefined || ('exit' in this.#spec.end && exit.exitCode === 0)
    if (turn.isOver) return
    if (turn.isInterrupted) return turn.interrupted()
    if (isEnd) return this.#endTurn(state, frame.ending()?.tail ?? 0)
    const failure = readOutput(this.#spec, turn, said.text)
    if (failure !== undefined) turn.fail(failure)
    else if ('exit' in this.#spec.end && exit.exitCode !== null) {
      const known = turn.judge({ message: exit.errorTail.slice(-2_000), exitCode: exit.exitCode })
      turn.fail(known ?? exitFailure(exit, this.#setting.failures))
    } else turn.lose(exit)
  }
}
