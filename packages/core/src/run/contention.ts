import type { Claim } from '../claims/claim.ts'
import { ClaimIndex } from '../claims/claim-index.ts'
import type { WorkstreamSpec } from './run-spec.ts'

/** Beyond this many rivals the order does not care how many more there are. */
const contentionCap = 8

/**
 * How many other workstreams want what each one claims, up to a cap, in the order given. Each distinct claim is
 * compared once, and remembers no more owners than the cap needs, so a thousand workstreams that share one file cost
 * as much as ten.
 */
export function contentions(
  workstreams: readonly WorkstreamSpec[],
  options: { readonly ignoreCase: boolean },
): readonly number[] {
  const wants = new Map<string, Want>()
  const index = new ClaimIndex<Want>(options)
  const wanted = workstreams.map(({ id, claims }) =>
    claims.map((claim): Want => {
      const key = keyOf(claim)
      let want = wants.get(key)
      if (want === undefined) {
        want = { claims: [claim], owners: [id], rivals: undefined }
        wants.set(key, want)
        index.add(want, want.claims)
      } else if (want.owners.length <= contentionCap && !want.owners.includes(id)) want.owners.push(id)
      return want
    }),
  )
  return workstreams.map(({ id }, at) => {
    const [first, ...others] = wanted[at]!
    if (first === undefined) return 0
    const rivals = new Set(rivalsOf(first, index))
    for (const want of others) for (const rival of rivalsOf(want, index)) rivals.add(rival)
    rivals.delete(id)
    return Math.min(rivals.size, contentionCap)
  })
}

/** A distinct claim, with as many of those who want it as matter. */
interface Want {
  readonly claims: readonly Claim[]
  readonly owners: string[]
  rivals: readonly string[] | undefined
}

/** Who wants what cannot be held beside the claim: one more than the cap, since its own owner may be among them. */
function rivalsOf(want: Want, index: ClaimIndex<Want>): readonly string[] {
  if (want.rivals !== undefined) return want.rivals
  const rivals: string[] = []
  for (const { owner } of index.conflicts(want.claims)) {
    for (const id of owner.owners) if (!rivals.includes(id)) rivals.push(id)
    if (rivals.length > contentionCap) break
  }
  return (want.rivals = rivals)
}

function keyOf({ mode, path, exclude }: Claim): string {
  return exclude === undefined ? `${mode} ${path}` : JSON.stringify([mode, path, exclude])
}
