import fc from 'fast-check'
import { checkClaim } from '../../src/claims/check-claim.ts'
import type { Claim, ClaimPattern } from '../../src/claims/claim.ts'

const token = fc.oneof(
  { weight: 5, arbitrary: fc.constantFrom('a', 'b', 'A', '.') },
  { weight: 4, arbitrary: fc.constantFrom('*', '**', '?', '[ab]', '[!a]', '[.A-a]') },
  { weight: 4, arbitrary: fc.constantFrom('/', '/', '/**/', '/./') },
)

const joined = (part: fc.Arbitrary<string>) =>
  fc.array(part, { minLength: 1, maxLength: 4 }).map((parts) => parts.join(''))

const braces = (pattern: fc.Arbitrary<string>) =>
  fc
    .array(fc.oneof(fc.constant(''), pattern), { minLength: 2, maxLength: 3 })
    .map((alternatives) => `{${alternatives.join()}}`)

const flat = joined(token)
const nested = joined(fc.oneof({ weight: 4, arbitrary: token }, { weight: 1, arbitrary: braces(flat) }))
const anyPattern = joined(fc.oneof({ weight: 4, arbitrary: token }, { weight: 1, arbitrary: braces(nested) }))

const isValid = (claim: ClaimPattern) => checkClaim(claim).length === 0

/** Valid patterns over a small alphabet, so that two of them often meet. */
export const arbitraryPattern = anyPattern.filter((path) => isValid({ path }))

/** Valid patterns with up to two exclusions. */
export const arbitraryClaimPattern: fc.Arbitrary<ClaimPattern> = fc
  .record({ path: arbitraryPattern, exclude: fc.array(arbitraryPattern, { maxLength: 2 }) })
  .filter(isValid)

export const arbitraryClaim: fc.Arbitrary<Claim> = fc
  .tuple(arbitraryClaimPattern, fc.constantFrom('exclusive' as const, 'shared' as const))
  .map(([claim, mode]) => ({ ...claim, mode }))
