/** What a request says, in whatever protocol it came. */
export interface Conversation {
  readonly model: string
  readonly isStreaming: boolean
  /** Instructions and context that are not a turn of their own. */
  readonly system: string
  readonly turns: readonly Turn[]
  readonly tools: readonly DeclaredTool[]
  /** The caller wants JSON of this shape rather than an answer. */
  readonly answerSchema?: unknown
  /** The caller wants a call of this tool and nothing else. */
  readonly forcedTool?: string
}

/** Consecutive items of the model are one turn; what tools answered is a turn of the caller without text. */
export interface Turn {
  readonly by: 'caller' | 'model'
  readonly text: string
}

export interface DeclaredTool {
  readonly name: string
  /** The input's JSON Schema; missing where the tool takes plain text. */
  readonly schema?: unknown
}

/** Joins what came one item after another into turns. */
export function joinTurns(items: readonly Turn[]): readonly Turn[] {
  const turns: Turn[] = []
  for (const item of items) {
    const last = turns.at(-1)
    if (item.by === 'model' && last?.by === 'model')
      turns[turns.length - 1] = { by: 'model', text: last.text + item.text }
    else turns.push(item)
  }
  return turns
}
