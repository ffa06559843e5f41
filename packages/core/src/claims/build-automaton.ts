import { ANY_SYMBOL, type Automaton, setSymbol } from './automaton.ts'
import { closeOverCase, foldCodePoint } from './case-folding.ts'
import { type CodePointSet, complementSet, DOT, SLASH } from './code-point-set.ts'
import type { PatternClass } from './parse-class.ts'
import type { Instruction, Program } from './parse-program.ts'
import {
  MAX_EDGES,
  MAX_PATTERN_LENGTH,
  MAX_STATES,
  type PatternProblem,
  patternProblem,
} from './pattern-problem.ts'

/**
 * Builds the automaton of a program, or says what its segments do wrong.
 *
 * A configuration is a step of the program and a mode, which tells where in its segment the walk is. The `/`
 * between two segments is spelled when the second one begins, so that `**` may also stand for no segment. Where
 * one look is not enough (is this `*` the first half of `**`? does this `.` end here?) both readings are followed;
 * the wrong one dies at the next step or spells a text that is no path.
 */
export function buildAutomaton(
  pattern: string,
  program: Program,
  ignoreCase: boolean,
): Automaton | PatternProblem {
  return new Builder(pattern, program, ignoreCase).build()
}

// At a segment's start: nothing read yet; only `./` so far; a path may begin here (behind a leading `**`); a `/` is due.
const FIRST = 0
const AFTER_HERE = 1
const FREE = 2
const DUE = 3
// Inside a segment: its first step is next; `.` or `..` so far; only literals so far; a wildcard was seen.
const OPENED = 4
const ONE_DOT = 5
const TWO_DOTS = 6
const LITERAL = 7
const WILD = 8
// The segment stands for nothing and must end here; what follows begins as AFTER_HERE, FREE, DUE.
const GONE_HERE = 9
const GONE_FREE = 10
const GONE_DUE = 11
// Half of a `**` was read, at FREE or DUE.
const HALF_FREE = 12
const HALF_DUE = 13
// Inside the segments that `**` stands for.
const ANY_DEPTH = 14
const MODES = 15

const BELOW = -1

// Scratch space, indexed by configuration: a pattern is compiled in microseconds, and typed arrays of its own would
// cost more than the rest. Between two builds PENDING is empty and STATE_IDS all zero.
// Of doubles, for the count of expansions never starts again.
const SEEN = new Float64Array((MAX_PATTERN_LENGTH + 1) * MODES)
const STATE_IDS = new Int32Array(SEEN.length)
const PENDING: number[] = []
let expansion = 0

/** What is read within a segment. */
type Glyph = Extract<Instruction, { op: 'char' | 'any' | 'star' | 'class' }>

class Builder {
  readonly #pattern: string
  readonly #program: Program
  readonly #ignoreCase: boolean
  readonly #states: number[] = []
  readonly #edges: number[][] = []
  readonly #accepting: boolean[] = []
  readonly #sets: CodePointSet[] = []
  #symbols: Map<PatternClass, number> | undefined
  #below = -1
  #edgeCount = 0
  #problem: PatternProblem | undefined

  constructor(pattern: string, program: Program, ignoreCase: boolean) {
    this.#pattern = pattern
    this.#program = program
    this.#ignoreCase = ignoreCase
  }

  build(): Automaton | PatternProblem {
    this.#stateOf(0, FIRST)
    for (let state = 0; state < this.#states.length && !this.#problem; state++) {
      this.#edges.push([])
      this.#accepting.push(false)
      this.#expand(state)
      this.#edgeCount += this.#edges[state]!.length / 2
      if (this.#states.length > MAX_STATES || this.#edgeCount > MAX_EDGES) this.#refuse(0, 'too-complex')
    }
    for (const config of this.#states) if (config !== BELOW) STATE_IDS[config] = 0
    if (this.#problem) return this.#problem
    return { edges: this.#edges, accepting: this.#accepting, sets: this.#sets, below: this.#below }
  }

  #expand(state: number): void {
    const from = this.#states[state]!
    if (from === BELOW) {
      this.#accepting[state] = true
      this.#edges[state]!.push(ANY_SYMBOL, state, SLASH, state)
      return
    }
    expansion++
    this.#visit(from)
    for (let config = PENDING.pop(); config !== undefined; config = PENDING.pop()) {
      this.#step(state, Math.floor(config / MODES), config % MODES)
    }
  }

  /** Follows one configuration: to others without reading anything, or to a state by one code point. */
  #step(state: number, pc: number, mode: number): void {
    const instruction = this.#program[pc]!
    if (mode === ANY_DEPTH) {
      const self = this.#stateOf(pc, ANY_DEPTH)
      this.#edge(state, ANY_SYMBOL, self)
      this.#edge(state, SLASH, self)
      this.#go(pc, GONE_DUE)
      return
    }
    switch (instruction.op) {
      case 'fork':
        // Last in, first out: the alternative written first gives the first moves, and so the witness.
        for (let i = instruction.targets.length - 1; i >= 0; i--) this.#go(instruction.targets[i]!, mode)
        return
      case 'jump':
        this.#go(instruction.to, mode)
        return
      case 'end':
        this.#end(state, mode, instruction.at)
        return
      case 'slash':
        this.#slash(pc, mode, instruction.at)
        return
      default:
        if (mode <= DUE) this.#openSegment(state, pc, mode, instruction)
        else if (mode <= WILD) this.#inSegment(state, pc, mode, instruction)
        else if (mode >= HALF_FREE && instruction.op === 'star') this.#anyDepth(state, pc + 1, mode)
    }
  }

  #end(state: number, mode: number, at: number): void {
    if (mode === FIRST || mode === AFTER_HERE || mode === GONE_HERE) this.#refuse(at, 'empty')
    else if (mode === TWO_DOTS) this.#refuse(at - 2, 'parent-directory')
    else if (mode === WILD) this.#accepting[state] = true
    else if (mode < HALF_FREE) {
      // A path that ends in a literal, in `/` or in `**` is a directory too: all below belongs to it.
      this.#accepting[state] = true
      this.#edge(state, SLASH, this.#belowState())
    }
  }

  #slash(pc: number, mode: number, at: number): void {
    if (mode === FIRST) this.#refuse(at, 'absolute')
    else if (mode === TWO_DOTS) this.#refuse(at - 2, 'parent-directory')
    else if (mode <= DUE) this.#go(pc + 1, mode)
    else if (mode <= WILD) this.#go(pc + 1, DUE)
    else if (mode <= GONE_DUE) this.#go(pc + 1, mode - GONE_HERE + AFTER_HERE)
  }

  #openSegment(state: number, pc: number, mode: number, instruction: Glyph): void {
    if (instruction.op === 'char' && instruction.codePoint === DOT) {
      this.#go(pc + 1, mode === DUE ? GONE_DUE : mode === FREE ? GONE_FREE : GONE_HERE)
    }
    if (instruction.op === 'star') this.#go(pc + 1, mode === DUE ? HALF_DUE : HALF_FREE)
    if (mode === DUE) this.#edge(state, SLASH, this.#stateOf(pc, instruction.op === 'star' ? WILD : OPENED))
    else this.#inSegment(state, pc, OPENED, instruction)
  }

  #inSegment(state: number, pc: number, mode: number, instruction: Glyph): void {
    if (instruction.op === 'star') {
      this.#edge(state, ANY_SYMBOL, this.#stateOf(pc, WILD))
      this.#go(pc + 1, WILD)
    } else if (instruction.op === 'any') {
      this.#edge(state, ANY_SYMBOL, this.#stateOf(pc + 1, WILD))
    } else if (instruction.op === 'class') {
      this.#edge(state, this.#symbol(instruction.class), this.#stateOf(pc + 1, WILD))
    } else {
      const { codePoint } = instruction
      const symbol = this.#ignoreCase ? foldCodePoint(codePoint) : codePoint
      this.#edge(state, symbol, this.#stateOf(pc + 1, literalMode(mode, codePoint)))
    }
  }

  #anyDepth(state: number, pc: number, mode: number): void {
    if (mode === HALF_DUE) {
      this.#edge(state, SLASH, this.#stateOf(pc, ANY_DEPTH))
      this.#go(pc, GONE_DUE)
    } else {
      this.#go(pc, ANY_DEPTH)
      this.#go(pc, GONE_FREE)
    }
  }

  #go(pc: number, mode: number): void {
    this.#visit(pc * MODES + mode)
  }

  #visit(config: number): void {
    if (SEEN[config] === expansion) return
    SEEN[config] = expansion
    PENDING.push(config)
  }

  #stateOf(pc: number, mode: number): number {
    if (mode === ANY_DEPTH && this.#program[pc]!.op === 'end') return this.#belowState()
    const config = pc * MODES + mode
    const known = STATE_IDS[config]!
    if (known > 0) return known - 1
    STATE_IDS[config] = this.#states.length + 1
    return this.#states.push(config) - 1
  }

  #belowState(): number {
    if (this.#below < 0) this.#below = this.#states.push(BELOW) - 1
    return this.#below
  }

  #edge(state: number, symbol: number, target: number): void {
    const edges = this.#edges[state]!
    for (let i = 0; i < edges.length; i += 2) if (edges[i] === symbol && edges[i + 1] === target) return
    edges.push(symbol, target)
  }

  #symbol(written: PatternClass): number {
    this.#symbols ??= new Map()
    const known = this.#symbols.get(written)
    if (known !== undefined) return known
    const set = this.#ignoreCase ? closeOverCase(written.set) : written.set
    const symbol = setSymbol(this.#sets.push(written.negated ? complementSet(set) : set) - 1)
    this.#symbols.set(written, symbol)
    return symbol
  }

  #refuse(at: number, reason: PatternProblem['reason']): PatternProblem {
    this.#problem ??= patternProblem(this.#pattern, Math.max(0, at), reason)
    return this.#problem
  }
}

function literalMode(mode: number, codePoint: number): number {
  if (mode === WILD) return WILD
  if (codePoint !== DOT || mode === LITERAL || mode === TWO_DOTS) return LITERAL
  return mode === ONE_DOT ? TWO_DOTS : ONE_DOT
}
