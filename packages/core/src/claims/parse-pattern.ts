import { checkPattern, withSlashes } from './check-claim.ts'
import { requirePattern } from './compiled-pattern.ts'
import { claimInvalid } from './pattern-problem.ts'

/** How a pattern is spelled. */
export interface PatternSpellingOptions {
  /** Take `\` for `/`, as in plans written on Windows; nothing can be escaped then. @default false */
  readonly windowsPaths?: boolean
}

/** A valid pattern, taken apart as far as a reader can use it. */
export interface ParsedPattern {
  /** The pattern in its normal spelling. */
  readonly path: string
  /** The literal directories or names that every path of it begins with. */
  readonly head: readonly string[]
  /** Whether the pattern is just the path `head` and everything below it. */
  readonly isTree: boolean
}

/** Checks a pattern and takes it apart. @throws `WS_CLAIM_INVALID` */
export function parsePattern(pattern: string, options: PatternSpellingOptions = {}): ParsedPattern {
  const path = normalizePattern(pattern, options)
  const { head, tree } = requirePattern(path, false)
  return { path, head, isTree: tree !== undefined }
}

/**
 * The normal spelling of a pattern, with the same meaning: without `.` segments and doubled `/`, and `/**` for a `/`
 * at the end.
 * @example normalizePattern('./src//auth/') // 'src/auth/**'
 * @throws `WS_CLAIM_INVALID`
 */
export function normalizePattern(pattern: string, options: PatternSpellingOptions = {}): string {
  const spelled = withSlashes(pattern, options)
  const problem = checkPattern(spelled)
  if (problem) throw claimInvalid(problem)
  const segments = splitSegments(spelled)
  const kept = segments.filter((segment) => segment !== '' && segment !== '.')
  const isTree = ['', '.'].includes(segments.at(-1)!) && kept.at(-1) !== '**'
  const normal = `${kept.join('/')}${isTree ? '/**' : ''}`
  // Of `./{a,/b}` the second half would be absolute without what stands before it.
  return checkPattern(normal) === undefined ? normal : `./${normal}`
}

/** Splits at every `/` outside braces; a `/` inside them may belong to one alternative only. */
function splitSegments(pattern: string): string[] {
  const segments: string[] = []
  let start = 0
  let depth = 0
  let inClass = false
  for (let i = 0; i < pattern.length; i++) {
    const char = pattern[i]
    if (char === '\\') i += 1
    else if (inClass) inClass = char !== ']'
    else if (char === '[') inClass = true
    else if (char === '{') depth += 1
    else if (char === '}') depth -= 1
    else if (char === '/' && depth === 0) {
      segments.push(pattern.slice(start, i))
      start = i + 1
    }
  }
  segments.push(pattern.slice(start))
  return segments
}
