import { WsError } from '@ws/core'
import type { TurnEnd, TurnOptions } from '../adapter/tool-adapter.ts'
import { applyRules, type Saying } from '../message/apply-rules.ts'
import type { MessageRule } from '../message/message-rule.ts'
import { SessionTurns } from '../turn/session-turns.ts'
import type { Turn } from '../turn/turn.ts'
import type { JsonObject } from '../wire/read-lines.ts'
import type { Wire, WireExit } from '../wire/wire.ts'
import { type OnlySession, onlySession } from './only-session.ts'
import { type Protocol, type ProtocolSetting, tellNoise } from './protocol.ts'
import { exitFailure, readFrames, sendText, tooLong } from './read-frames.ts'

/** A tool that takes its prompt on standard input and writes lines of JSON until it exits. */
export interface OneShotSpec {
  readonly rules: readonly MessageRule[]
  /** The tool writes no line for the end of its turn: its exit is the end. @default false */
  readonly isEndedByExit?: boolean
}

/**
 * The protocol of one turn and one process. The turn ends with the message that says so, whatever the process does
 * afterwards; where it is gone before, its exit code says whether it failed, or was lost.
 */
export function oneShot(spec: OneShotSpec): Protocol {
  return (wire, setting) => onlySession(new OneShotSession(wire, setting, spec), setting)
}

/** Programs that catch a signal and exit with its code: 128 and SIGINT, SIGKILL, SIGTERM. */
const endedBySignal: ReadonlySet<number> = new Set([130, 137, 143])

class OneShotSession implements OnlySession {
  readonly ready = Promise.resolve({ isReady: true } as const)
  readonly #wire: Wire
  readonly #setting: ProtocolSetting
  readonly #spec: OneShotSpec
  readonly #turns: SessionTurns
  #turn: Turn | undefined
  #exit: WireExit | undefined
  #id: string | undefined

  constructor(wire: Wire, setting: ProtocolSetting, spec: OneShotSpec) {
    this.#wire = wire
    this.#setting = setting
    this.#spec = spec
    const { sessionId, usedBefore } = setting.request
    this.#id = sessionId
    this.#turns = new SessionTurns(setting, { before: usedBefore, isResumed: sessionId !== undefined })
    void readFrames(
      wire,
      {
        onMessage: (message) => {
          for (const saying of applyRules(spec.rules, message)) {
            if (saying.says === 'session') this.#id = saying.id
            this.#hear(saying, message)
          }
        },
        onNoise: (text) => tellNoise(this.#turn, setting, text),
        onTooLong: (bytes) => this.#turn?.fail(tooLong(bytes)),
        onExit: (exit) => {
          this.#exit = exit
          if (this.#turn !== undefined) this.#endWith(this.#turn, exit)
        },
      },
      setting,
    )
  }

  get id(): string | undefined {
    return this.#id
  }

  prompt(text: string, options: TurnOptions = {}): Promise<TurnEnd> {
    if (this.#turn !== undefined) {
      throw new WsError(
        'WS_TOOL_BUSY',
        `this process of "${this.#setting.tool}" serves one turn, which it has had`,
        {
          details: { tool: this.#setting.tool },
          hint: 'start another process, or use a long-running one',
        },
      )
    }
    const turn = this.#turns.start(options, this.#id)
    this.#turn = turn
    if (this.#exit === undefined) {
      sendText(this.#wire, text)
      // Tools that read to the end of their input would wait for ever.
      this.#wire.end()
    } else {
      this.#endWith(turn, this.#exit)
    }
    return turn.ended
  }

  interrupt(): void {
    if (this.#turn?.isOver === false) this.#turn.isInterrupted = true
  }

  reset(): Promise<boolean> {
    return Promise.resolve(false)
  }

  close(): Promise<void> {
    this.#wire.end()
    return Promise.resolve()
  }

  /** A process that was told to end may say that all is well. */
  #hear(saying: Saying, message: JsonObject): void {
    const wasTold = saying.says === 'end' && this.#turn?.isInterrupted === true
    this.#turn?.hear(wasTold ? { says: 'end', outcome: 'interrupted' } : saying, message)
  }

  #endWith(turn: Turn, exit: WireExit): void {
    if (turn.isOver) return
    const { exitCode, errorTail } = exit
    const isInOrder = exitCode === 0 && turn.error === undefined
    if (turn.isInterrupted) turn.interrupted()
    else if (this.#spec.isEndedByExit === true && isInOrder) turn.complete()
    else if (turn.error !== undefined) turn.failWith(turn.error)
    else if (exitCode !== null && exitCode > 0 && !endedBySignal.has(exitCode)) {
      const known = turn.judge({ message: errorTail.slice(-2_000), exitCode })
      turn.fail(known ?? exitFailure(exit, this.#setting.failures))
    } else turn.lose(exit)
  }
}
