import { invariant } from '../../errors/invariant.ts'
import type { DocumentPath } from '../problem/plan-problem.ts'
import type { Source, SourceProblem, SourceSpan } from './source.ts'

/** Deeper documents are refused: no plan is one, and the parser recurses. */
const maxDepth = 200

/** Reads JSON, with comments and trailing commas allowed, as editors' settings files have them. */
export function readJson(text: string): Source {
  const parser = new JsonParser(text)
  const root = parser.parse()
  return {
    value: root?.value,
    problems: parser.problems,
    locate: (path, isKey) => locate(root, path, isKey),
  }
}

interface JsonNode extends SourceSpan {
  readonly value: unknown
  readonly children?: Map<string | number, { readonly key?: SourceSpan; readonly node: JsonNode }>
}

function locate(root: JsonNode | undefined, path: DocumentPath, isKey: boolean): SourceSpan {
  let node = root
  let span: SourceSpan = { start: node?.start ?? 0, end: (node?.start ?? 0) + 1 }
  for (const [depth, part] of path.entries()) {
    const child = node?.children?.get(part)
    if (child === undefined) return span
    node = child.node
    const wantsKey = isKey && depth === path.length - 1
    span = (wantsKey || depth < path.length - 1 ? child.key : undefined) ?? child.node
  }
  return span
}

/** Thrown inside the parser only: the first syntax error ends it, for what follows would be guesses. */
class SyntaxStop extends Error {}

class JsonParser {
  readonly problems: SourceProblem[] = []
  readonly #text: string
  #at = 0
  readonly #path: (string | number)[] = []

  constructor(text: string) {
    this.#text = text
  }

  parse(): JsonNode | undefined {
    try {
      this.#skip()
      const node = this.#value()
      this.#skip()
      if (this.#at < this.#text.length) this.#stop('expected the end of the document')
      return node
    } catch (error) {
      invariant(error instanceof SyntaxStop, 'json.syntax-stop', { error: String(error) })
      return undefined
    }
  }

  #value(): JsonNode {
    const start = this.#at
    const char = this.#text[start]
    if (this.#path.length > maxDepth) this.#stop(`expected at most ${maxDepth} levels`)
    if (char === '{') return this.#object()
    if (char === '[') return this.#array()
    if (char === '"') return { value: this.#string(), start, end: this.#at }
    const word = /[-+.\w]*/y
    word.lastIndex = start
    const [literal] = word.exec(this.#text)!
    const value = literals.has(literal)
      ? literals.get(literal)
      : jsonNumber.test(literal)
        ? Number(literal)
        : undefined
    if (value === undefined) return this.#stop('expected a value')
    this.#at += literal.length
    return { value, start, end: this.#at }
  }

  #object(): JsonNode {
    const start = this.#at++
    const value: Record<string, unknown> = {}
    const children: NonNullable<JsonNode['children']> = new Map()
    for (this.#skip(); this.#text[this.#at] !== '}'; this.#comma('}')) {
      if (this.#text[this.#at] !== '"') this.#stop('expected a name in double quotes')
      const key: { start: number; end: number } = { start: this.#at, end: this.#at }
      const name = this.#string()
      key.end = this.#at
      this.#path.push(name)
      if (children.has(name)) this.#twice(name, key)
      this.#skip()
      if (this.#text[this.#at] !== ':') this.#stop('expected ":" after the name')
      this.#at++
      this.#skip()
      const node = this.#value()
      // As JSON.parse does: a plain assignment to __proto__ would set the prototype.
      Object.defineProperty(value, name, {
        value: node.value,
        enumerable: true,
        writable: true,
        configurable: true,
      })
      children.set(name, { key, node })
      this.#path.pop()
    }
    this.#at++
    return { value, children, start, end: this.#at }
  }

  #array(): JsonNode {
    const start = this.#at++
    const value: unknown[] = []
    const children: NonNullable<JsonNode['children']> = new Map()
    for (this.#skip(); this.#text[this.#at] !== ']'; this.#comma(']')) {
      this.#path.push(value.length)
      const node = this.#value()
      this.#path.pop()
      children.set(value.length, { node })
      value.push(node.value)
    }
    this.#at++
    return { value, children, start, end: this.#at }
  }

  /** Steps over the comma between two entries, which may also stand after the last. */
  #comma(end: '}' | ']'): void {
    this.#skip()
    if (this.#text[this.#at] === end) return
    if (this.#text[this.#at] !== ',') this.#stop(`expected "," or "${end}"`)
    this.#at++
    this.#skip()
  }

  #string(): string {
    const start = this.#at
    for (let end = start + 1; end < this.#text.length; end++) {
      const code = this.#text.charCodeAt(end)
      if (code === 0x5c) end++
      else if (code === 0x22) {
        this.#at = end + 1
        return this.#unescape(start)
      } else if (code < 0x20) {
        this.#at = end
        this.#stop(
          code === 0x0a || code === 0x0d
            ? 'expected the closing quote before the end of the line'
            : 'expected no control character in a text',
        )
      }
    }
    return this.#stop('expected a closing quote')
  }

  #unescape(start: number): string {
    const raw = this.#text.slice(start, this.#at)
    const bad = /\\(?!["\\/bfnrt]|u[0-9a-fA-F]{4})./.exec(raw.replace(/\\\\/g, '__'))
    if (bad) {
      this.#at = start + bad.index
      this.#stop('expected an escape that JSON knows; a backslash itself is written \\\\', 2)
    }
    const text: unknown = JSON.parse(raw)
    return String(text)
  }

  #skip(): void {
    const blank = /(?:[\s\ufeff]|\/\/[^\n\r]*|\/\*[^]*?\*\/)*/y
    blank.lastIndex = this.#at
    this.#at += blank.exec(this.#text)![0].length
    if (this.#text.startsWith('/*', this.#at)) this.#stop('expected the end of the comment, */', 2)
  }

  #twice(name: string, span: SourceSpan): void {
    const message = `"${name}" is there twice`
    this.problems.push({
      code: 'WS_PLAN_DUPLICATE_KEY',
      message,
      hint: 'keep one of them',
      span,
      at: [...this.#path],
    })
  }

  /** Says what was expected here, and what stands here instead. */
  #stop(message: string, length?: number): never {
    const token = /"[^"\n\r]*"|[\w.+-]+|[^]/y
    token.lastIndex = this.#at
    const next =
      length === undefined ? token.exec(this.#text)?.[0] : this.#text.slice(this.#at, this.#at + length)
    const isLineEnd = next === '\n' || next === '\r'
    const quoted = next?.startsWith('"') === true ? next : `"${next}"`
    const found = next === undefined ? 'the end of the text' : isLineEnd ? 'the end of the line' : quoted
    this.problems.push({
      code: 'WS_PLAN_SYNTAX',
      message: `${message}, found ${found}`,
      span: { start: this.#at, end: this.#at + (next?.length ?? 1) },
      at: [...this.#path],
    })
    throw new SyntaxStop(message)
  }
}

const jsonNumber = /^-?(0|[1-9]\d*)(\.\d+)?([eE][-+]?\d+)?$/

const literals: ReadonlyMap<string, unknown> = new Map<string, unknown>([
  ['true', true],
  ['false', false],
  ['null', null],
])
