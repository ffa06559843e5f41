/**
 * A set of code points as sorted, disjoint, inclusive ranges: `[lo, hi, lo, hi, …]`. No set holds NUL or `/`:
 * neither can stand inside a segment of a path.
 */
export type CodePointSet = readonly number[]

export const SLASH = 0x2f
export const DOT = 0x2e
const MAX_CODE_POINT = 0x10ffff

/** Every code point that a segment may hold. */
export const SEGMENT_SET: CodePointSet = [1, SLASH - 1, SLASH + 1, MAX_CODE_POINT]

/** Sorts and joins ranges, and takes NUL and `/` out. */
export function toCodePointSet(ranges: readonly (readonly [number, number])[]): CodePointSet {
  const joined: number[] = []
  for (const [lo, hi] of ranges.toSorted((a, b) => a[0] - b[0])) {
    const last = joined.length - 1
    if (last > 0 && lo <= joined[last]! + 1) joined[last] = Math.max(joined[last]!, hi)
    else joined.push(lo, hi)
  }
  return intersectSets(joined, SEGMENT_SET)
}

export function setHas(set: CodePointSet, codePoint: number): boolean {
  for (let i = 0; i < set.length; i += 2) {
    if (codePoint < set[i]!) return false
    if (codePoint <= set[i + 1]!) return true
  }
  return false
}

export function intersectSets(a: CodePointSet, b: CodePointSet): CodePointSet {
  const result: number[] = []
  let i = 0
  let j = 0
  while (i < a.length && j < b.length) {
    const lo = Math.max(a[i]!, b[j]!)
    const hi = Math.min(a[i + 1]!, b[j + 1]!)
    if (lo <= hi) result.push(lo, hi)
    if (a[i + 1]! < b[j + 1]!) i += 2
    else j += 2
  }
  return result
}

/** What a segment may hold and `set` does not. */
export function complementSet(set: CodePointSet): CodePointSet {
  const gaps: number[] = []
  let next = 1
  for (let i = 0; i < set.length; i += 2) {
    if (set[i]! > next) gaps.push(next, set[i]! - 1)
    next = set[i + 1]! + 1
  }
  if (next <= MAX_CODE_POINT) gaps.push(next, MAX_CODE_POINT)
  return intersectSets(gaps, SEGMENT_SET)
}

export function subtractSets(a: CodePointSet, b: CodePointSet): CodePointSet {
  return intersectSets(a, complementSet(b))
}

export function setsEqual(a: CodePointSet, b: CodePointSet): boolean {
  return a.length === b.length && a.every((value, i) => value === b[i])
}
