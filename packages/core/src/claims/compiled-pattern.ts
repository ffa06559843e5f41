import { invariant } from '../errors/invariant.ts'
import type { Automaton } from './automaton.ts'
import { buildAutomaton } from './build-automaton.ts'
import { foldText } from './case-folding.ts'
import { DOT } from './code-point-set.ts'
import { parseProgram, type Program } from './parse-program.ts'
import { claimInvalid, MAX_PATTERN_LENGTH, type PatternProblem } from './pattern-problem.ts'
import { RecentCache } from './recent-cache.ts'

/** A valid pattern, made ready to be compared. */
export interface CompiledPattern {
  /** The literal segments that every path of the pattern begins with, folded where case is ignored. */
  readonly head: readonly string[]
  /** `head` as a path, if the pattern is just that path and everything below it; empty for `**`. */
  readonly tree: string | undefined
  readonly automaton: Automaton
}

/** Compiles a pattern, or gives back one compiled lately. */
export function compilePattern(pattern: string, ignoreCase: boolean): CompiledPattern | PatternProblem {
  // A plain tree is made faster than a cache finds or forgets one.
  const plain = plainTree(pattern)
  if (plain !== undefined) return new PlainTree(ignoreCase ? foldText(plain) : plain, ignoreCase)
  const cache = ignoreCase ? foldedPatterns : patterns
  const known = cache.get(pattern)
  if (known) return known
  const compiled = compile(pattern, ignoreCase)
  if (!('reason' in compiled)) cache.set(pattern, compiled)
  return compiled
}

/** Compiles a pattern. @throws `WS_CLAIM_INVALID` */
export function requirePattern(pattern: string, ignoreCase: boolean): CompiledPattern {
  const compiled = compilePattern(pattern, ignoreCase)
  if ('reason' in compiled) throw claimInvalid(compiled)
  return compiled
}

// A few thousand workstreams with a few patterns each stay in memory; an entry is about a kilobyte.
const CACHE_PLACES = 8192
const patterns = new RecentCache<CompiledPattern>(CACHE_PLACES)
const foldedPatterns = new RecentCache<CompiledPattern>(CACHE_PLACES)

function compile(pattern: string, ignoreCase: boolean): CompiledPattern | PatternProblem {
  const program = parseProgram(pattern)
  if ('reason' in program) return program
  const automaton = buildAutomaton(pattern, program, ignoreCase)
  if ('reason' in automaton) return automaton
  const { segments, isTree } = readHead(program)
  const head = ignoreCase ? segments.map(foldText) : segments
  return { head, tree: isTree ? head.join('/') : undefined, automaton }
}

/**
 * The commonest pattern, a plain path with or without `/**`. Its automaton is made when it meets a wildcard and not
 * kept: an index may hold a hundred thousand of these.
 */
class PlainTree implements CompiledPattern {
  readonly tree: string
  readonly head: readonly string[]
  readonly #ignoreCase: boolean

  constructor(tree: string, ignoreCase: boolean) {
    this.tree = tree
    this.head = tree.split('/')
    this.#ignoreCase = ignoreCase
  }

  get automaton(): Automaton {
    const program = parseProgram(this.tree)
    invariant(!('reason' in program), 'claims.plain-tree')
    const automaton = buildAutomaton(this.tree, program, this.#ignoreCase)
    invariant(!('reason' in automaton), 'claims.plain-tree')
    return automaton
  }
}

/** The path of a pattern that is one path of unremarkable characters, with or without `/**`; else undefined. */
function plainTree(pattern: string): string | undefined {
  const end = pattern.endsWith('/**') ? pattern.length - 3 : pattern.length
  if (end === 0 || end > MAX_PATTERN_LENGTH) return undefined
  let start = 0
  for (let i = 0; i <= end; i++) {
    const unit = i < end ? pattern.charCodeAt(i) : 0x2f
    if (unit === 0x2f) {
      const length = i - start
      const isDots = length <= 2 && pattern.charCodeAt(start) === DOT && pattern.charCodeAt(i - 1) === DOT
      if (length === 0 || isDots) return undefined
      start = i + 1
    } else if (unit < 0x80 ? !IS_PLAIN[unit] : unit >= 0xd800 && unit <= 0xdfff) return undefined
  }
  const tree = pattern.slice(0, end)
  // Beyond ASCII there are blanks too, and a path of nothing else is refused.
  return tree.trim() === '' ? undefined : tree
}

const IS_PLAIN: readonly boolean[] = Array.from({ length: 0x80 }, (_, unit) =>
  /[\w.\-+=@~#$%&;]/.test(String.fromCharCode(unit)),
)

function readHead(program: Program): { segments: readonly string[]; isTree: boolean } {
  const segments: string[] = []
  let segment = ''
  for (let pc = 0; ; pc++) {
    const step = program[pc]!
    if (step.op === 'char') {
      segment += String.fromCodePoint(step.codePoint)
    } else if (step.op === 'slash' || step.op === 'end') {
      if (segment !== '' && segment !== '.') segments.push(segment)
      segment = ''
      if (step.op === 'end') return { segments, isTree: segments.length > 0 }
    } else {
      const isAnyDepth = segment === '' && step.op === 'star' && program[pc + 1]?.op === 'star'
      return { segments, isTree: isAnyDepth && program[pc + 2]?.op === 'end' }
    }
  }
}
