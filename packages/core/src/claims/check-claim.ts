import type { ClaimPattern } from './claim.ts'
import { compileClaim } from './compiled-claim.ts'
import { compilePattern } from './compiled-pattern.ts'
import type { PatternSpellingOptions } from './parse-pattern.ts'
import { claimInvalid, type PatternProblem } from './pattern-problem.ts'

/** What is wrong with a pattern, if anything. */
export function checkPattern(
  pattern: string,
  options: PatternSpellingOptions = {},
): PatternProblem | undefined {
  const compiled = compilePattern(withSlashes(pattern, options), false)
  return 'reason' in compiled ? compiled : undefined
}

/** Everything that is wrong with a claim's path and exclusions; empty where it is valid. */
export function checkClaim(claim: ClaimPattern): PatternProblem[] {
  const exclude = claim.exclude ?? []
  const problems = [claim.path, ...exclude].flatMap((pattern) => checkPattern(pattern) ?? [])
  if (problems.length > 0 || exclude.length === 0) return problems
  // Only together can valid patterns be too much, and that may depend on case.
  const whole = compileClaim(claim, false).problem ?? compileClaim(claim, true).problem
  return whole ? [whole] : []
}

/**
 * Throws unless a claim's path and exclusions are valid.
 * @throws `WS_CLAIM_INVALID` with the first problem in `details`, and all of them in `details.problems` if several
 */
export function validateClaim(claim: ClaimPattern): void {
  const problems = checkClaim(claim)
  if (problems[0]) throw claimInvalid(problems[0], problems)
}

/** The pattern as it is spelled elsewhere than on Windows. */
export function withSlashes(pattern: string, options: PatternSpellingOptions): string {
  return options.windowsPaths === true ? pattern.replaceAll('\\', '/') : pattern
}
