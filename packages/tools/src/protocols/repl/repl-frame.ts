import type { TurnFraming } from './repl-spec.ts'

/** As much of what was said before is looked at again, for what was split over two pieces. */
const carried = 1_024

/** What a piece of output did to a turn. */
export type ReplProgress =
  | { readonly is: 'open' }
  /** The end was said: it begins so many characters before the end of everything said so far. */
  | { readonly is: 'ended'; readonly tail: number }

/**
 * Looks for the end of a turn in output that arrives in pieces. After a sentinel the prompt of the program is waited
 * for too, where it is known, so that it does not become the beginning of the next answer.
 */
export class ReplFrame {
  readonly #end: RegExp | undefined
  readonly #prompt: RegExp | undefined
  /** More may follow that makes another mark of it: `end_1` is the beginning of `end_12`. */
  readonly #needsMore: boolean = false
  #window = ''
  /** How much came after the sentinel, once it was seen. */
  #afterEnd: { tail: number; text: string } | undefined

  constructor(framing: TurnFraming, { id, ready }: { id: string; ready: string | undefined }) {
    if ('sentinel' in framing) {
      this.#end = new RegExp(framing.sentinel.replaceAll('{id}', id))
      this.#prompt = ready === undefined ? undefined : new RegExp(ready)
      this.#needsMore = true
    } else if ('pattern' in framing) {
      this.#end = new RegExp(framing.pattern)
    }
  }

  push(text: string): ReplProgress {
    if (this.#end === undefined) return { is: 'open' }
    if (this.#afterEnd !== undefined) {
      this.#afterEnd.tail += text.length
      this.#afterEnd.text = (this.#afterEnd.text + text).slice(-carried)
      return this.#settled()
    }
    const looked = this.#window + text
    const match = this.#end.exec(looked)
    const isAtEnd = match !== null && match.index + match[0].length === looked.length
    if (match === null || (isAtEnd && this.#needsMore)) {
      this.#window = looked.slice(-carried)
      return { is: 'open' }
    }
    const rest = looked.slice(match.index + match[0].length)
    this.#afterEnd = { tail: looked.length - match.index, text: rest.slice(-carried) }
    return this.#settled()
  }

  /** The sentinel was seen: if nothing more comes, the turn is over. */
  ending(): { readonly tail: number } | undefined {
    if (this.#afterEnd !== undefined || !this.#needsMore) return this.#afterEnd
    const match = this.#end?.exec(this.#window)
    return match ? { tail: this.#window.length - match.index } : undefined
  }

  #settled(): ReplProgress {
    const { tail, text } = this.#afterEnd!
    const isPrompted = this.#prompt === undefined || this.#prompt.test(text)
    return isPrompted ? { is: 'ended', tail } : { is: 'open' }
  }
}

/** What is written, with its marks filled in. */
export function fillTemplate(template: string, { text, id }: { text: string; id: string }): string {
  return template.replace(/\{(text|json|id)\}/g, (_, name: string) => {
    if (name === 'text') return text
    return name === 'json' ? JSON.stringify(text) : id
  })
}
