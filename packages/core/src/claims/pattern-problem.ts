import { WsError } from '../errors/ws-error.ts'

/** Why a pattern is refused. */
export type PatternProblemReason =
  | 'absolute'
  | 'brace-range'
  | 'brace-single'
  | 'class-empty'
  | 'class-posix'
  | 'class-range'
  | 'class-slash'
  | 'drive-letter'
  | 'empty'
  | 'escape'
  | 'extglob'
  | 'negation'
  | 'nul'
  | 'parent-directory'
  | 'too-complex'
  | 'too-long'
  | 'unbalanced-brace'
  | 'unbalanced-bracket'
  | 'unicode'

/** What is wrong with a pattern, where, and what would be right. */
export interface PatternProblem {
  readonly pattern: string
  /** Offset into `pattern`, in UTF-16 units. */
  readonly at: number
  readonly reason: PatternProblemReason
  /** The fact, with the pattern quoted. */
  readonly message: string
  /** What would be right. */
  readonly hint: string
}

/** Longer patterns are refused: a claim is a list, so a long alternation can be several patterns. */
export const MAX_PATTERN_LENGTH = 1024

// Two automata of this size meet in well under a second, whatever they are (bench/claims.ts).
export const MAX_STATES = 2048
export const MAX_EDGES = 4096

export function patternProblem(pattern: string, at: number, reason: PatternProblemReason): PatternProblem {
  const [fact, hint] = WORDS[reason]
  const shown = pattern.length > 80 ? `${pattern.slice(0, 80)}…` : pattern
  // As written, without a second layer of backslashes; only what a terminal would obey is replaced.
  const quoted = `"${shown.replace(/\p{Cc}/gu, '\ufffd')}"`
  return { pattern, at, reason, message: `${quoted} ${fact} (at ${at})`, hint }
}

/** The problem as an error to throw, with every problem of the claim in `details.problems` if there are several. */
export function claimInvalid(problem: PatternProblem, all: readonly PatternProblem[] = [problem]): WsError {
  const { pattern, at, reason, hint } = problem
  const more = all.length > 1 ? { problems: all } : {}
  return new WsError('WS_CLAIM_INVALID', `a claim's pattern is refused: ${problem.message}`, {
    details: { pattern, at, reason, ...more },
    hint,
  })
}

const WORDS: Readonly<Record<PatternProblemReason, readonly [fact: string, hint: string]>> = {
  absolute: ['begins with "/"', 'write the path from the root of the repository, without a leading "/"'],
  'brace-range': ['has a range in braces', 'list the alternatives, as {1,2,3}, or use a class, as [1-3]'],
  'brace-single': [
    'has braces around a single alternative',
    'list two or more, as {a,b}; for the character write \\{',
  ],
  'class-empty': [
    'has an empty class',
    'put a character between the brackets; for a bracket itself write \\[ or \\]',
  ],
  'class-posix': ['has a named class', 'write the characters, as [a-z] or [0-9]'],
  'class-range': ['has a range that runs backwards', 'write the lower end first, as [a-z]'],
  'class-slash': [
    'has "/" inside a class, which never matches "/"',
    'use braces, as {a/b,c}; for the character [ write \\[',
  ],
  'drive-letter': ['begins with a drive letter', 'write the path from the root of the repository'],
  empty: ['names no path', 'name a file, a directory, or ** for the whole repository'],
  escape: [
    'has a "\\" that escapes nothing',
    'separate directories with "/"; write \\ only before a special character (\\* \\[ \\{ \\\\)',
  ],
  extglob: ['has an extended glob', 'use braces, as {a,b}; for the character write \\('],
  negation: ['begins with "!"', 'list what is cut out under "exclude"; for the character write \\!'],
  nul: ['holds a NUL character', 'take it out: no path can hold one'],
  'parent-directory': [
    'leaves its directory with ".."',
    'write the path from the root of the repository, without ".."',
  ],
  'too-complex': [
    `allows too many combinations (over ${MAX_STATES} states or ${MAX_EDGES} steps)`,
    'split it into several patterns, or use fewer exclusions and fewer optional parts',
  ],
  'too-long': [`is longer than ${MAX_PATTERN_LENGTH} characters`, 'split it into several patterns'],
  'unbalanced-brace': [
    'has an unbalanced brace',
    'close every "{" with "}"; for the character write \\{ or \\}',
  ],
  'unbalanced-bracket': [
    'has an unbalanced bracket',
    'close every "[" with "]"; for the character write \\[ or \\]',
  ],
  unicode: ['holds half a surrogate pair', 'write the pattern in well-formed Unicode'],
}
