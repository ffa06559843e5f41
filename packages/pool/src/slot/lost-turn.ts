import { explainFailure } from '@ws/core'
import type { ToolAdapter } from '@ws/tools'
import type { SettledTurn, TurnRequest } from '../instance/turn.ts'

/** A turn that needed what was said before in its conversation, and did not get it. */
export function lostTurn(session: string, because: string): SettledTurn {
  const detail = `the conversation "${session}" is lost (${because}), and its turn may not begin anew`
  return { isDone: false, failure: { reason: 'protocol', detail }, turn: undefined }
}

/** Why a tool did not take up the conversation of a turn, where that is because it does not have it any more. */
export function forgottenBecause(
  { session, known }: TurnRequest,
  settled: SettledTurn,
  adapter: ToolAdapter,
): { readonly session: string; readonly because: string } | undefined {
  if (settled.isDone || session === undefined || known === undefined) return undefined
  // What its model said or cost came of a conversation that was taken up.
  if (settled.turn !== undefined && settled.turn.tokens > 0) return undefined
  if (adapter.isSessionUnknown?.(settled.failure) !== true) return undefined
  return { session, because: explainFailure(settled.failure) }
}
