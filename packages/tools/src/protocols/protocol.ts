import type { Connection, ConnectOptions, LaunchRequest } from '../adapter/tool-adapter.ts'
import type { FailureRule } from '../failure/failure-rule.ts'
import type { Turn } from '../turn/turn.ts'
import type { ToolKinds } from '../turn/tool-calls.ts'
import type { Pricing } from '../usage/pricing.ts'
import type { Wire } from '../wire/wire.ts'

/** Speaks with a program that runs. */
export type Protocol = (wire: Wire, setting: ProtocolSetting) => Connection

/** What every protocol is told. */
export interface ProtocolSetting {
  readonly tool: string
  readonly request: LaunchRequest
  readonly options: ConnectOptions
  /** The tool's own errors; common ones are known. */
  readonly failures: readonly FailureRule[]
  readonly kinds: ToolKinds
  readonly pricing?: Pricing | undefined
  readonly maxLineBytes?: number | undefined
}

/** Tells a line that is no message to the turn in flight, else to whoever listens. */
export function tellNoise(turn: Turn | undefined, { options }: ProtocolSetting, text: string): void {
  if (turn !== undefined) return turn.noise(text)
  try {
    options.onNoise?.(text)
  } catch {
    // A listener that throws hurts nobody.
  }
}
