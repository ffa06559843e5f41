import { WsError, type Failure } from '@ws/core'
import type { LineConnection, LineExit } from './line-connection.ts'
import type { LineMessage } from './line-protocol.ts'

/** What a turn used. */
export interface LineUsage {
  readonly inputTokens: number
  readonly outputTokens: number
  readonly cachedTokens: number
  readonly costUsd?: number
  readonly basis: 'reported' | 'unknown'
}

/** What happens during a turn. */
export type LineTurnEvent =
  { readonly type: 'text'; readonly text: string } | { readonly type: 'usage'; readonly usage: LineUsage }

/** How a turn ended. */
export type LineTurnEnd = {
  readonly text: string
  readonly usage: LineUsage
  readonly sessionId?: string
  readonly files?: readonly string[]
  readonly denied: readonly never[]
  readonly raw?: unknown
} & (
  | { readonly outcome: 'completed' }
  | { readonly outcome: 'failed'; readonly failure: Failure }
  | { readonly outcome: 'interrupted' }
  | { readonly outcome: 'lost'; readonly exit: LineExit }
)

const nothingUsed: LineUsage = { inputTokens: 0, outputTokens: 0, cachedTokens: 0, basis: 'unknown' }

/** One conversation of the line protocol. */
export class LineSession {
  readonly id: string | undefined
  readonly #connection: LineConnection
  #turn: number | undefined

  constructor(connection: LineConnection, id: string | undefined) {
    this.#connection = connection
    this.id = id
  }

  prompt(
    text: string,
    { onEvent }: { readonly onEvent?: (event: LineTurnEvent) => void } = {},
  ): Promise<LineTurnEnd> {
    if (this.#turn !== undefined)
      throw new WsError('WS_TOOL_BUSY', 'the session has a turn in flight', { hint: 'await its end first' })
    const id = (this.#turn = this.#connection.nextId())
    let usage = nothingUsed
    const line = this.id === undefined ? { prompt: id, text } : { prompt: id, session: this.id, text }
    return new Promise((resolve) => {
      this.#connection.listen(id, line, (message) => {
        if ('exitCode' in message) {
          this.#turn = undefined
          resolve({ ...this.#report('', usage), outcome: 'lost', exit: message })
          return true
        }
        if (message.inputTokens !== undefined) {
          usage = usageOf(message)
          onEvent?.({ type: 'usage', usage })
        }
        if (message.answer === undefined) {
          if (message.part !== undefined) onEvent?.({ type: 'text', text: message.text ?? '' })
          return false
        }
        this.#turn = undefined
        resolve({ ...this.#report(message.text ?? '', usage, message), ...outcomeOf(message) })
        return true
      })
    })
  }

  interrupt(): void {
    if (this.#turn !== undefined) this.#connection.tell({ interrupt: this.#turn })
  }

  async reset(): Promise<boolean> {
    const id = this.#connection.nextId()
    const answer = await this.#connection.request(id, { reset: id, session: this.id })
    return 'done' in answer && answer.isRefused !== true
  }

  async close(): Promise<void> {}

  #report(text: string, usage: LineUsage, raw?: LineMessage) {
    return {
      text,
      usage,
      denied: [],
      ...(this.id === undefined ? {} : { sessionId: this.id }),
      ...(raw?.files === undefined ? {} : { files: raw.files }),
      ...(raw === undefined ? {} : { raw }),
    }
  }
}

function outcomeOf(message: LineMessage) {
  if (message.isInterrupted) return { outcome: 'interrupted' } as const
  if (message.failed === undefined) return { outcome: 'completed' } as const
  return { outcome: 'failed', failure: { reason: 'refused', detail: message.failed } } as const
}

function usageOf({ inputTokens = 0, outputTokens = 0, costUsd }: LineMessage): LineUsage {
  const cost = costUsd === undefined ? {} : { costUsd }
  return { inputTokens, outputTokens, cachedTokens: 0, ...cost, basis: 'reported' }
}
