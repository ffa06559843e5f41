import type { Execution, OfAttempt } from '@ws/core'
import { redactSecrets, type TurnEvent } from '@ws/tools'

/** How long a transcript may be; what comes after it is counted. */
const usualMaxChars = 1_000_000

/** How a transcript is kept. */
export interface TranscriptOptions {
  /** Values that must not appear. */
  readonly secrets: readonly string[]
  /** Monotonic time since the turn began. */
  readonly elapsedMs: () => number
  readonly maxChars?: number
}

/** What was said in a turn, from the prompt to its end: a line of JSON each. */
export class Transcript {
  readonly #options: TranscriptOptions
  readonly #lines: string[] = []
  #length = 0
  /** Text comes in pieces, which may cut a secret in two. */
  #text: { readonly ms: number; readonly pieces: string[] } | undefined
  #textLength = 0
  #omitted = 0

  constructor(options: TranscriptOptions) {
    this.#options = options
  }

  /** What the tool was given, and why it runs as it does. */
  asked(prompt: string, because: string): void {
    this.#add({ type: 'prompt', text: prompt, because })
  }

  heard(event: TurnEvent): void {
    if (event.type === 'text') return this.#hearText(event.text)
    // Totals are said again and again; the last ones come with the end.
    if (event.type === 'usage') return
    this.#flush()
    this.#add(event)
  }

  ended({ kind, usage, ...rest }: Execution): void {
    this.#flush()
    if (this.#omitted > 0) this.#push({ type: 'omitted', entries: this.#omitted })
    this.#push({ type: 'ended', as: kind, ...('failure' in rest ? { failure: rest.failure } : {}), usage })
  }

  toString(): string {
    return this.#lines.map((line) => `${line}\n`).join('')
  }

  get #max(): number {
    return this.#options.maxChars ?? usualMaxChars
  }

  #hearText(text: string): void {
    this.#text ??= { ms: this.#options.elapsedMs(), pieces: [] }
    this.#textLength += text.length
    // More than fits is not held in memory either.
    if (this.#textLength <= this.#max) this.#text.pieces.push(text)
  }

  #flush(): void {
    if (this.#text === undefined) return
    const { ms, pieces } = this.#text
    const isCut = this.#textLength > this.#max
    this.#text = undefined
    this.#textLength = 0
    this.#add({ type: 'text', text: pieces.join(''), ...(isCut ? { isCut } : {}) }, ms)
  }

  #add(entry: object, ms?: number): void {
    if (this.#length > this.#max) this.#omitted += 1
    else this.#push(entry, ms)
  }

  #push(entry: object, ms = this.#options.elapsedMs()): void {
    const said = { ms: Math.round(ms), ...entry }
    const { secrets } = this.#options
    const line = JSON.stringify(said, (_, value: unknown) =>
      typeof value === 'string' ? redactSecrets(value, { secrets }) : value,
    )
    this.#length += line.length
    this.#lines.push(line)
  }
}

/** The transcripts of turns that are going on, until somebody keeps them. */
export class Transcripts {
  readonly #held = new Map<string, Transcript>()

  /** Begins one; that of an earlier attempt which nobody has kept goes. */
  begin(of: OfAttempt, options: TranscriptOptions): Transcript {
    const transcript = new Transcript(options)
    this.#held.set(keyOf(of), transcript)
    return transcript
  }

  /** Hands one over. */
  take(of: OfAttempt): string | undefined {
    const transcript = this.#held.get(keyOf(of))
    this.#held.delete(keyOf(of))
    return transcript?.toString()
  }
}

function keyOf({ runId, taskId }: OfAttempt): string {
  return `${runId}/${taskId}`
}
