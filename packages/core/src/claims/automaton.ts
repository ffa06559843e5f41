import { type CodePointSet, DOT, SEGMENT_SET, SLASH } from './code-point-set.ts'

/**
 * A nondeterministic automaton over the code points of a path, without empty moves; state 0 is the start.
 *
 * It may accept texts that are no paths (an empty segment, `.`, `..`): whoever runs it keeps to paths, with
 * `segmentAfter` or `isPath`. That keeps the automaton of `*` at one state.
 */
export interface Automaton {
  /** For each state, its moves as `[symbol, target, symbol, target, …]`. */
  readonly edges: readonly (readonly number[])[]
  readonly accepting: readonly boolean[]
  /** The sets that symbols refer to. */
  readonly sets: readonly CodePointSet[]
  /** A state that accepts whatever follows, or -1. */
  readonly below: number
}

/** A symbol: a code point (`/` among them), `ANY_SYMBOL`, or `setSymbol(index into sets)`. */
export const ANY_SYMBOL = -1

export function setSymbol(index: number): number {
  return -2 - index
}

/** What a symbol stands for; not for a literal, which is its own code point. */
export function symbolSet(automaton: Automaton, symbol: number): CodePointSet {
  if (symbol >= 0) return [symbol, symbol]
  return symbol === ANY_SYMBOL ? SEGMENT_SET : automaton.sets[-2 - symbol]!
}

/** Accepts every path. */
export const EVERYTHING: Automaton = {
  edges: [[ANY_SYMBOL, 0, SLASH, 0]],
  accepting: [true],
  sets: [],
  below: 0,
}

/** How far the current segment of a text is: nothing yet, `.` (1), `..`, or anything that may stand in a path. */
export const AT_START = 0
const AFTER_DOT_DOT = 2
export const IN_NAME = 3

/** The progress of a segment after one more code point, or -1 where no path goes on like that. */
export function segmentAfter(progress: number, codePoint: number): number {
  if (codePoint === SLASH) return progress === IN_NAME ? AT_START : -1
  return codePoint === DOT && progress < AFTER_DOT_DOT ? progress + 1 : IN_NAME
}

/** Whether a text is a path that a repository could hold: relative, without empty, `.` and `..` segments. */
export function isPath(text: string): boolean {
  let progress = AT_START
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i)
    if (unit === 0) return false
    progress = segmentAfter(progress, unit)
    if (progress < 0) return false
  }
  return progress === IN_NAME
}
