import type { Claim } from '../claims/claim.ts'
import { ClaimIndex } from '../claims/claim-index.ts'
import type { WorkstreamSpec } from './run-spec.ts'

/** Beyond this many rivals the order does not care how many more there are. */
const contentionCap = 8

/**
 * How many other workstreams want what each one claims, up to a cap. Each distinct claim is compared once, and
 * keeps no more owners than the cap needs: a thousand workstreams that share one file cost as much as ten.
 */
export function contentions(
  workstreams: readonly WorkstreamSpec[],
  options: { readonly ignoreCase: boolean },
): ReadonlyMap<string, number> {
  const wants = new Map<string, Want>()
  const index = new ClaimIndex<Want>(options)
  for (const { id, claims } of workstreams) {
    for (const claim of claims) {
      const key = keyOf(claim)
      let want = wants.get(key)
      if (want === undefined) {
        wants.set(key, (want = { claim, owners: new Set(), rivals: undefined }))
        index.add(want, [claim])
      }
      if (want.owners.size <= contentionCap) want.owners.add(id)
    }
  }
  const counts = new Map<string, number>()
  for (const { id, claims } of workstreams) {
    const rivals = new Set<string>()
    for (const claim of claims) {
      const want = wants.get(keyOf(claim))!
      want.rivals ??= rivalsOf(want, index)
      for (const rival of want.rivals) if (rival !== id) rivals.add(rival)
      if (rivals.size >= contentionCap) break
    }
    counts.set(id, Math.min(rivals.size, contentionCap))
  }
  return counts
}

/** A distinct claim, with as many of those who want it as matter. */
interface Want {
  readonly claim: Claim
  readonly owners: Set<string>
  rivals: ReadonlySet<string> | undefined
}

/** Whoever wants something that cannot be held beside the claim; one more than the cap, as its owner is among them. */
function rivalsOf({ claim }: Want, index: ClaimIndex<Want>): ReadonlySet<string> {
  const rivals = new Set<string>()
  for (const { owner } of index.conflicts([claim])) {
    for (const id of owner.owners) rivals.add(id)
    if (rivals.size > contentionCap) break
  }
  return rivals
}

function keyOf({ mode, path, exclude = [] }: Claim): string {
  return exclude.length === 0 ? `${mode} ${path}` : JSON.stringify([mode, path, exclude])
}
