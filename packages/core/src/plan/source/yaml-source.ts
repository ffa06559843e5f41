import type { Alias, Document, ErrorCode, Node, Pair, YAMLError } from 'yaml'
import { invariant } from '../../errors/invariant.ts'
import type { DocumentPath } from '../problem/plan-problem.ts'
import type { Source, SourceProblem, SourceSpan } from './source.ts'

/** More references than these to one anchor are taken for an attack on memory. */
const maxAliasCount = 100

/** Reads YAML 1.2, and merge keys (`<<`). The parser is loaded with the first text. */
export async function readYaml(text: string): Promise<Source> {
  const yaml = await import('yaml')
  const document = yaml.parseDocument(text, { merge: true, prettyErrors: false, stringKeys: true })
  const problems = [
    ...syntaxProblems(text, document),
    ...aliasProblems(yaml, document),
    ...mergeProblems(yaml, document),
  ]
  for (const error of document.errors) {
    if (error.code === 'DUPLICATE_KEY') problems.push(duplicateKey(yaml, document, error))
  }
  const isWhole = problems.every(({ code }) => code === 'WS_PLAN_DUPLICATE_KEY')
  try {
    const value: unknown = isWhole ? document.toJS({ maxAliasCount }) : undefined
    return { value, problems, locate: (path, isKey) => locate(yaml, document, path, isKey) }
  } catch (error) {
    invariant(error instanceof ReferenceError, 'yaml.references', { error: String(error) })
    return failed(text, `expected at most ${maxAliasCount} references to what is written once`)
  }
}

type Yaml = typeof import('yaml')
type Parsed = Document.Parsed
type NodePair = Pair<Node, Node | null>

function failed(text: string, message: string): Source {
  const span = { start: 0, end: Math.min(1, text.length) }
  return {
    value: undefined,
    problems: [{ code: 'WS_PLAN_SYNTAX', message, span, at: [] }],
    locate: () => span,
  }
}

/** The first on each line: what follows a syntax error on its line is mostly its echo. */
function syntaxProblems(text: string, { errors }: Parsed): SourceProblem[] {
  const lines = new Set<number>()
  return errors
    .filter(({ code }) => code !== 'DUPLICATE_KEY')
    .filter(({ pos: [start] }) => {
      const line = text.lastIndexOf('\n', start - 1)
      return !lines.has(line) && lines.add(line)
    })
    .map(({ code, message, pos: [start, end] }) => {
      const [own, hint] = words[code] ?? []
      return {
        code: 'WS_PLAN_SYNTAX',
        message:
          own ??
          `not valid YAML: ${message.charAt(0).toLowerCase()}${message.slice(1).replace('"quote', 'quote')}`,
        ...(hint === undefined ? {} : { hint }),
        span: { start, end: Math.max(end, start + 1) },
        at: [],
      }
    })
}

const words: Partial<Record<ErrorCode, readonly [message: string, hint?: string]>> = {
  BAD_INDENT: [
    'this line is not indented as the ones around it',
    'begin the settings of a map in one column, and close every "[" and "{"',
  ],
  BAD_SCALAR_START: ['YAML keeps this character for itself', 'put the text in quotes'],
  BLOCK_AS_IMPLICIT_KEY: [
    'this text holds ": ", which begins a setting',
    'put the text in quotes, or write it below "|"',
  ],
  MULTIPLE_DOCS: ['a second document begins here', 'write each document into a file of its own'],
  // The parser recurses: only nesting without end makes it run out of stack.
  RESOURCE_EXHAUSTION: ['expected fewer levels than this document has'],
  TAB_AS_INDENT: ['a tab cannot indent in YAML', 'use spaces'],
}

/** References to nothing, mostly globs without quotes: `**` is read as a reference to "*". */
function aliasProblems(yaml: Yaml, document: Parsed): SourceProblem[] {
  const problems: SourceProblem[] = []
  yaml.visit(document, {
    Alias: (_key, alias, ancestors) => {
      const target = resolve(alias, document)
      if (target !== undefined && !ancestors.includes(target)) return
      const [start, end] = alias.range!
      const message =
        target === undefined
          ? `"*${alias.source}" refers to "&${alias.source}", which is nowhere before it`
          : `"*${alias.source}" refers to what it is part of`
      const hint = `if it is a glob, put it in quotes: "*${alias.source}"`
      problems.push({
        code: 'WS_PLAN_SYNTAX',
        message,
        hint,
        span: { start, end },
        at: pathOf(yaml, ancestors, alias),
      })
    },
  })
  return problems
}

/** What is merged into a map has to be a map, or a list of maps. */
function mergeProblems(yaml: Yaml, document: Parsed): SourceProblem[] {
  const problems: SourceProblem[] = []
  const isMap = (node: unknown) => yaml.isMap(yaml.isNode(node) ? unalias(node, yaml, document) : node)
  yaml.visit(document, {
    Pair: (_key, { key, value }, ancestors) => {
      if (!yaml.isScalar(key) || key.value !== '<<' || key.type !== 'PLAIN') return
      const source = yaml.isNode(value) ? unalias(value, yaml, document) : value
      if (isMap(source) || (yaml.isSeq(source) && source.items.every(isMap))) return
      const [start, end] = key.range!
      const message = '"<<" takes the settings of a map, and this is none'
      const hint = 'refer to a map, as in <<: *name'
      problems.push({
        code: 'WS_PLAN_SYNTAX',
        message,
        hint,
        span: { start, end },
        at: [...pathOf(yaml, ancestors, undefined), '<<'],
      })
    },
  })
  return problems
}

function duplicateKey(yaml: Yaml, document: Parsed, { pos: [start] }: YAMLError): SourceProblem {
  let found: SourceProblem | undefined
  yaml.visit(document, {
    Pair: (_key, pair, ancestors) => {
      if (!yaml.isScalar(pair.key) || pair.key.range?.[0] !== start) return undefined
      const [, end] = pair.key.range
      const at = [...pathOf(yaml, ancestors, undefined), String(pair.key.value)]
      const message = `"${String(pair.key.value)}" is there twice`
      found = { code: 'WS_PLAN_DUPLICATE_KEY', message, hint: 'keep one of them', span: { start, end }, at }
      return yaml.visit.BREAK
    },
  })
  const span = { start, end: start + 1 }
  return found ?? { code: 'WS_PLAN_DUPLICATE_KEY', message: 'a setting is there twice', span, at: [] }
}

function pathOf(
  yaml: Yaml,
  ancestors: readonly (Document | Node | Pair)[],
  node: Node | undefined,
): DocumentPath {
  const path: (string | number)[] = []
  for (const [depth, ancestor] of ancestors.entries()) {
    const child = ancestors[depth + 1] ?? node
    if (yaml.isPair(ancestor)) path.push(String(ancestor.key))
    if (yaml.isSeq(ancestor) && child !== undefined) path.push(ancestor.items.indexOf(child))
  }
  return path
}

function locate(yaml: Yaml, document: Parsed, path: DocumentPath, isKey: boolean): SourceSpan {
  let node = unalias(document.contents, yaml, document)
  let span = spanOf(document.contents) ?? { start: 0, end: 1 }
  for (const [depth, part] of path.entries()) {
    let child: Node | undefined
    let key: SourceSpan | undefined
    if (yaml.isMap(node)) {
      const pair = findPair(yaml, document, node, String(part))
      key = spanOf(pair?.key)
      child = pair?.value ?? undefined
    } else if (yaml.isSeq<Node>(node)) {
      child = node.items[Number(part)]
    }
    if (child === undefined && key === undefined) return span
    const isLast = depth === path.length - 1
    // An empty value has no text of its own, and the value of a step on the way is too long to point at.
    const own = spanOf(child)
    const isEmpty = own === undefined || own.start === own.end
    span = (isEmpty || !isLast || isKey ? key : undefined) ?? own!
    node = unalias(child, yaml, document)
  }
  return span
}

function findPair(yaml: Yaml, document: Parsed, node: Node | undefined, key: string): NodePair | undefined {
  if (yaml.isSeq<Node>(node)) {
    return node.items.flatMap((item) => findPair(yaml, document, unalias(item, yaml, document), key) ?? [])[0]
  }
  if (!yaml.isMap<Node, Node | null>(node)) return undefined
  const named = (name: string) =>
    node.items.find((pair) => yaml.isScalar(pair.key) && String(pair.key.value) === name)
  const own = named(key)
  if (own !== undefined) return own
  return findPair(yaml, document, unalias(named('<<')?.value, yaml, document), key)
}

function unalias(node: Node | null | undefined, yaml: Yaml, document: Parsed): Node | undefined {
  return yaml.isAlias(node) ? resolve(node, document) : (node ?? undefined)
}

function resolve(alias: Alias, document: Parsed): Node | undefined {
  return alias.resolve(document)
}

function spanOf(node: Node | null | undefined): SourceSpan | undefined {
  const range = node?.range
  return range ? { start: range[0], end: range[1] } : undefined
}
