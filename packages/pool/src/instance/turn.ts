import type { Failure } from '@ws/core'
import type { PermissionAnswer, PermissionAsk, SessionUsage, TurnEnd, TurnEvent, TurnUsage } from '@ws/tools'
import type { CleanText } from '../process/clean-text.ts'

/** What a tool said and used in answer to one prompt. */
export interface Turn {
  readonly text: string
  /** Read and written, together. */
  readonly tokens: number
  /** Undefined where neither the tool nor a price table says it. */
  readonly costUsd: number | undefined
  /** From the moment the instance had the prompt, without the time in the queue. */
  readonly durationMs: number
  /** Index of the instance that answered. */
  readonly instance: number
  /** Files that the tool says it changed. */
  readonly files?: readonly string[]
  /** The message that ended the turn, as the tool wrote it: not cleaned of anything. */
  readonly raw: unknown
  readonly usage: TurnUsage
  /** The tool's own id of the conversation. */
  readonly sessionId?: string
  /** What the conversation used in all, where the tool counts so. */
  readonly sessionUsage?: SessionUsage
  /** What was not allowed. */
  readonly denied: readonly PermissionAsk[]
  /** The end was guessed from silence or a prompt. */
  readonly isWeak?: boolean
}

/** How a prompt ended; where it failed, `turn` is what was there by then. */
export type SettledTurn =
  | { readonly isDone: true; readonly turn: Turn }
  | { readonly isDone: false; readonly failure: Failure; readonly turn: Turn | undefined }

/** One prompt, as an instance gets it. */
export interface TurnRequest {
  readonly text: string
  readonly cwd: string
  /** The conversation that it belongs to; without one, that of the instance. */
  readonly session: string | undefined
  /** The context is cleared before it. */
  readonly isFresh: boolean
  /** It is done without what was said before, where its conversation was lost. */
  readonly mayBeginAnew: boolean
  readonly signal: AbortSignal | undefined
  readonly timeoutMs: number
  readonly idleTimeoutMs: number
  readonly onEvent: ((event: TurnEvent) => void) | undefined
  readonly decide: ((ask: PermissionAsk) => PermissionAnswer | Promise<PermissionAnswer>) | undefined
  /** What is known of the conversation from another process. */
  readonly known?: KnownSession | undefined
}

/** A conversation that some process had. */
export interface KnownSession {
  readonly id: string
  readonly usage?: SessionUsage
}

/** A turn as the caller gets it. */
export function toTurn(
  end: TurnEnd,
  facts: { readonly durationMs: number; readonly instance: number; readonly clean: CleanText },
): Turn {
  const { usage, files, sessionId, sessionUsage, isWeak } = end
  const turn: Turn = {
    text: facts.clean(end.text),
    tokens: usage.inputTokens + usage.outputTokens,
    costUsd: usage.costUsd,
    durationMs: facts.durationMs,
    instance: facts.instance,
    raw: end.raw,
    usage,
    denied: end.denied,
  }
  if (files === undefined && sessionId === undefined && sessionUsage === undefined && isWeak === undefined)
    return turn
  return {
    ...turn,
    ...(files === undefined ? {} : { files }),
    ...(sessionId === undefined ? {} : { sessionId }),
    ...(sessionUsage === undefined ? {} : { sessionUsage }),
    ...(isWeak === undefined ? {} : { isWeak }),
  }
}

/** An event of a turn without secrets and control characters. */
export function cleanEvent(event: TurnEvent, clean: CleanText): TurnEvent {
  switch (event.type) {
    case 'text':
    case 'noise':
      return { ...event, text: clean(event.text) }
    case 'tool':
      return event.detail === undefined ? event : { ...event, detail: clean(event.detail) }
    case 'retrying':
      return { ...event, detail: clean(event.detail) }
    case 'asked':
    case 'usage':
      return event
  }
}
