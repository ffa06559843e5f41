import type { Claim } from './claim.ts'
import { ClaimIndex } from './claim-index.ts'
import { type ClaimMatchOptions, overlapWitness } from './overlap.ts'

/** Someone who wants claims, as a plan lists workstreams. */
export interface ClaimHolder {
  readonly id: string
  readonly claims: readonly Claim[]
}

/** Two holders whose claims cannot be held together, with a path that both claim. */
export interface HolderConflict {
  readonly a: string
  readonly b: string
  readonly claimA: Claim
  readonly claimB: Claim
  readonly witness: string
}

/** How conflicts are looked for. */
export interface FindConflictsOptions extends ClaimMatchOptions {
  /** Whether one of the two always ends before the other begins: such holders never conflict. */
  readonly ordered?: (a: string, b: string) => boolean
}

/**
 * Every pair of holders that conflict, each once, the one listed first as `a`.
 * @throws `WS_CLAIM_INVALID`; `WS_INVARIANT` if two holders have the same id
 */
export function findConflicts(
  holders: readonly ClaimHolder[],
  options: FindConflictsOptions = {},
): HolderConflict[] {
  const { ordered } = options
  const earlier = new ClaimIndex<string>(options)
  const found: HolderConflict[] = []
  for (const { id: b, claims } of holders) {
    for (const { owner: a, held, wanted } of earlier.conflicts(claims, ordered && ((a) => ordered(a, b)))) {
      // The index finds claims that overlap, and so there is a path of both.
      const witness = overlapWitness(held, wanted, options)!
      found.push({ a, b, claimA: held, claimB: wanted, witness })
    }
    earlier.add(b, claims)
  }
  return found
}
