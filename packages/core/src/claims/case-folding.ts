import { type CodePointSet, setHas, toCodePointSet } from './code-point-set.ts'

/**
 * The representative of all code points that differ only in case, one to one (`ß` stays `ß`), as a
 * regular expression with the flags `iu` compares them.
 */
export function foldCodePoint(codePoint: number): number {
  if (codePoint < 0x80) return codePoint >= 0x41 && codePoint <= 0x5a ? codePoint + 0x20 : codePoint
  if (KEEPS_ITSELF.has(codePoint)) return codePoint
  const upper = single(String.fromCodePoint(codePoint).toUpperCase()) ?? codePoint
  return single(String.fromCodePoint(upper).toLowerCase()) ?? upper
}

/** Folds every code point of a text. */
export function foldText(text: string): string {
  if (isAscii(text)) return text.toLowerCase()
  let folded = ''
  for (const char of text) folded += String.fromCodePoint(foldCodePoint(char.codePointAt(0)!))
  return folded
}

/** Adds to a set whatever differs from one of its members only in case. */
export function closeOverCase(set: CodePointSet): CodePointSet {
  const ranges: [number, number][] = []
  for (let i = 0; i < set.length; i += 2) ranges.push([set[i]!, set[i + 1]!])
  for (const orbit of set.every((end) => end < 0x80) ? ASCII_ORBITS : allOrbits()) {
    if (!orbit.some((codePoint) => setHas(set, codePoint))) continue
    for (const codePoint of orbit) ranges.push([codePoint, codePoint])
  }
  return toCodePointSet(ranges)
}

// Turkish dotless i has the upper case I, but is a letter of its own.
const KEEPS_ITSELF: ReadonlySet<number> = new Set([0x131])

// Long s and the Kelvin sign are the only code points outside ASCII that fold into it.
const ASCII_ORBITS: readonly (readonly number[])[] = Array.from({ length: 26 }, (_, i) => {
  const pair = [0x61 + i, 0x41 + i]
  return i === 10 ? [...pair, 0x212a] : i === 18 ? [...pair, 0x17f] : pair
})

let orbits: readonly (readonly number[])[] | undefined

// Needed only for a class that reaches beyond ASCII, so it is worked out then (about 20 ms, once).
function allOrbits(): readonly (readonly number[])[] {
  if (orbits) return orbits
  const members = new Map<number, number[]>()
  const lastWithCase = 0x1ffff
  for (let codePoint = 0; codePoint <= lastWithCase; codePoint++) {
    const folded = foldCodePoint(codePoint)
    if (folded === codePoint) continue
    const orbit = members.get(folded)
    if (orbit) orbit.push(codePoint)
    else members.set(folded, [folded, codePoint])
  }
  orbits = [...members.values()]
  return orbits
}

function single(text: string): number | undefined {
  const codePoint = text.codePointAt(0)
  if (codePoint === undefined || text.length !== (codePoint > 0xffff ? 2 : 1)) return undefined
  return codePoint
}

function isAscii(text: string): boolean {
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) >= 0x80) return false
  return true
}
