import { WsError } from '@ws/core'
import type { SessionUsage, TurnOptions } from '../adapter/tool-adapter.ts'
import type { ProtocolSetting } from '../protocols/protocol.ts'
import { UsageMeter } from '../usage/usage-meter.ts'
import { Turn } from './turn.ts'

/** How the turns of a session are made. */
export interface SessionTurnsOptions {
  readonly before?: SessionUsage | undefined
  readonly isResumed?: boolean
  readonly model?: string | undefined
  readonly isWeak?: boolean
}

/** The turns of one session, one at a time, over one meter. */
export class SessionTurns {
  readonly meter: UsageMeter
  readonly #setting: ProtocolSetting
  readonly #isWeak: boolean
  #current: Turn | undefined

  constructor(setting: ProtocolSetting, options: SessionTurnsOptions = {}) {
    const { before, isResumed = false, model, isWeak = false } = options
    this.#setting = setting
    this.#isWeak = isWeak
    this.meter = new UsageMeter({
      before,
      isResumed,
      pricing: setting.pricing,
      model: model ?? setting.request.model,
    })
  }

  /** The turn in flight. */
  get current(): Turn | undefined {
    return this.#current?.isOver === false ? this.#current : undefined
  }

  /** @throws `WS_TOOL_BUSY` while a turn is in flight. */
  start(options: TurnOptions = {}, sessionId?: string): Turn {
    if (this.current !== undefined) throw busy(this.#setting.tool)
    const { failures, kinds, request, options: surroundings } = this.#setting
    this.#current = new Turn({
      options,
      meter: this.meter,
      rules: failures,
      kinds,
      now: () => surroundings.clock?.now(),
      isReadOnly: request.permission === 'read',
      maxCostUsd: request.maxCostUsd,
      isWeak: this.#isWeak,
      sessionId,
    })
    return this.#current
  }
}

/** A second turn while one is in flight: queueing is the caller's. */
export function busy(tool: string): WsError {
  return new WsError('WS_TOOL_BUSY', `the session of "${tool}" has a turn in flight`, {
    details: { tool },
    hint: 'wait for its end, or open another session',
  })
}
