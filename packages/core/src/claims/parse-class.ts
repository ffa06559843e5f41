import { type CodePointSet, toCodePointSet } from './code-point-set.ts'
import type { PatternProblemReason } from './pattern-problem.ts'

/** A class as written: `[a-z]` or, negated, `[!a-z]`. */
export interface PatternClass {
  readonly set: CodePointSet
  readonly negated: boolean
}

export type ClassResult =
  | { readonly class: PatternClass; readonly end: number }
  | { readonly reason: PatternProblemReason; readonly at: number }

/** Reads the class whose `[` is at `open`; `end` is the offset behind its `]`. */
export function parseClass(pattern: string, open: number): ClassResult {
  const negated = pattern[open + 1] === '!' || pattern[open + 1] === '^'
  const ranges: [number, number][] = []
  let i = open + (negated ? 2 : 1)
  for (;;) {
    if (pattern[i] === ']') break
    const lo = readMember(pattern, i, open)
    if ('reason' in lo) return lo
    i = lo.end
    if (pattern[i] !== '-' || pattern[i + 1] === ']') {
      ranges.push([lo.codePoint, lo.codePoint])
      continue
    }
    const hi = readMember(pattern, i + 1, open)
    if ('reason' in hi) return hi
    if (hi.codePoint < lo.codePoint) return { reason: 'class-range', at: i }
    ranges.push([lo.codePoint, hi.codePoint])
    i = hi.end
  }
  if (ranges.length === 0) return { reason: 'class-empty', at: open }
  return { class: { set: toCodePointSet(ranges), negated }, end: i + 1 }
}

type Member =
  | { readonly codePoint: number; readonly end: number }
  | { readonly reason: PatternProblemReason; readonly at: number }

function readMember(pattern: string, at: number, open: number): Member {
  let i = at
  if (pattern[i] === '[' && /[:.=]/.test(pattern[i + 1] ?? '')) return { reason: 'class-posix', at }
  if (pattern[i] === '\\') {
    i += 1
    if (!isEscapable(pattern[i])) return { reason: 'escape', at }
  }
  const codePoint = pattern.codePointAt(i)
  if (codePoint === undefined) return { reason: 'unbalanced-bracket', at: open }
  if (pattern[i] === '/') return { reason: 'class-slash', at: i }
  return { codePoint, end: i + (codePoint > 0xffff ? 2 : 1) }
}

/**
 * Whether `\` may stand before this character. Letters and digits have no meaning to take away, and `src\auth`
 * is a Windows path far more often than an odd spelling of `srcauth`; `/` cannot be part of a name.
 */
export function isEscapable(char: string | undefined): boolean {
  return char !== undefined && !/[\p{L}\p{N}/]/u.test(char)
}
