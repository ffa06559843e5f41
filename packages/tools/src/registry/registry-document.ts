import type { DocumentPath, PlanProblem, PlanProblemCode } from '@ws/core'
import { formatPath } from '@ws/core'
import type { Document, Node, Pair } from 'yaml'

/** A mistake before its place in the text is known. */
export interface Finding {
  readonly code: PlanProblemCode
  readonly message: string
  readonly hint?: string | undefined
  readonly at: DocumentPath
  /** Whether the key is meant rather than its value. */
  readonly isKey?: boolean
}

/** A registry file that was read, with the places of its values. JSON is read as well: it is YAML. */
export interface RegistryDocument {
  /** Nothing where the text is no document at all. */
  readonly value: unknown
  /** All that is wrong, in the order of the text. */
  locate(findings: readonly Finding[]): readonly PlanProblem[]
}

/** More references than these to one anchor are taken for an attack on memory. */
const maxAliasCount = 100

/** Reads a text; the parser is loaded with the first. */
export async function readRegistryDocument(
  text: string,
  file: string | undefined,
): Promise<RegistryDocument> {
  const yaml = await import('yaml')
  const document = yaml.parseDocument(text, { prettyErrors: false, stringKeys: true, merge: true })
  const syntax = document.errors.map(({ message, pos: [start, end] }) => ({ message, start, end }))
  let value: unknown
  if (syntax.length === 0) {
    try {
      value = document.toJS({ maxAliasCount })
    } catch (error) {
      syntax.push({ message: String(error), start: 0, end: 1 })
    }
  }
  const starts = lineStarts(text)
  const where = (start: number, end: number) => ({
    ...(file === undefined ? {} : { file }),
    ...position(starts, start),
    span: { start, end: Math.max(end, start + 1) },
  })
  const unread = syntax.map(({ message, start, end }): PlanProblem => ({
    code: 'WS_PLAN_SYNTAX',
    severity: 'error',
    message: `not valid YAML: ${message}`,
    path: '',
    ...where(start, end),
  }))
  return {
    value,
    locate(findings) {
      const located = findings.map(({ at, isKey = false, hint, ...finding }): PlanProblem => {
        const [start, end] = spanOf(yaml, document, at, isKey)
        const more = hint === undefined ? {} : { hint }
        return { severity: 'error', ...finding, ...more, path: formatPath(at), ...where(start, end) }
      })
      return [...unread, ...located].toSorted((a, b) => (a.span?.start ?? 0) - (b.span?.start ?? 0))
    },
  }
}

type Yaml = typeof import('yaml')

/** Where a value stands, or its key; of something that is not there, the nearest thing around it. */
function spanOf(yaml: Yaml, document: Document.Parsed, path: DocumentPath, isKey: boolean): [number, number] {
  let node: Node | null | undefined = document.contents
  let span = rangeOf(node) ?? [0, 1]
  for (const [depth, part] of path.entries()) {
    const isLast = depth === path.length - 1
    if (yaml.isAlias(node)) node = node.resolve(document)
    if (yaml.isMap<Node, Node | null>(node)) {
      const pair: Pair<Node, Node | null> | undefined = node.items.find(
        ({ key }) => yaml.isScalar(key) && String(key.value) === String(part),
      )
      if (pair === undefined) return span
      const own = rangeOf(pair.value)
      span = (isKey && isLast) || own === undefined || !isLast ? (rangeOf(pair.key) ?? span) : own
      node = pair.value
    } else if (yaml.isSeq<Node>(node)) {
      node = node.items[Number(part)]
      if (node === undefined) return span
      span = rangeOf(node) ?? span
    } else return span
  }
  return span
}

function rangeOf(node: Node | null | undefined): [number, number] | undefined {
  return node?.range ? [node.range[0], node.range[1]] : undefined
}

function lineStarts(text: string): readonly number[] {
  return [0, ...Array.from(text.matchAll(/\r\n|\n|\r/g), (end) => end.index + end[0].length)]
}

function position(starts: readonly number[], offset: number): { line: number; column: number } {
  const line = starts.findLastIndex((start) => start <= offset)
  return { line: line + 1, column: offset - starts[line]! + 1 }
}
