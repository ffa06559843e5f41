import type { Claim } from '../claims/claim.ts'
import { modesClash } from '../claims/claim.ts'
import { ClaimTrie } from '../claims/claim-trie.ts'
import { compileClaim } from '../claims/compiled-claim.ts'
import type { CompiledClaim } from '../claims/compiled-claim.ts'
import { compiledOverlap } from '../claims/overlap.ts'
import type { WorkstreamSpec } from './run-spec.ts'

/** Beyond this many rivals the order does not care how many more there are. */
const contentionCap = 8

/**
 * How many pairs of claims are compared: some for each claim, and enough that a hundred may all be compared with each
 * other. Most claims meet few others in the directory tree; patterns without a directory in front may meet them all, and
 * a thousand of these would take longer to compare than to work off. Contention decides only between equals.
 */
const pairsForEach = 8
const pairsForAll = 10_000

/** What the workstreams of a run want of one another, each list in the order of the workstreams. */
export interface Rivalry {
  /** How many others want what each one claims, up to a cap. */
  readonly counts: readonly number[]
  /** Of what each claims alone, what most others want as well; nothing where no more do than the cap. */
  readonly hotClaims: readonly (Claim | undefined)[]
  /** Equal for those that claim the same; nothing for those whose claims nobody shares. */
  readonly keys: readonly (number | undefined)[]
}

/**
 * Compares what workstreams claim. Each distinct claim is compared once, and remembers no more owners than the cap
 * needs, so a thousand workstreams that share one file cost as much as ten. Where there are too many pairs to compare
 * them all, those that come last in the plan count only rivals that claim the very same.
 */
export function rivalryOf(
  workstreams: readonly WorkstreamSpec[],
  options: { readonly ignoreCase: boolean },
): Rivalry {
  const wants: Wants = { ...options, byText: new Map(), trie: new ClaimTrie(), pairsLeft: 0 }
  const counts: number[] = []
  const hotClaims: (Claim | undefined)[] = []
  const wanted = workstreams.map(({ id, claims }) => wantsOf(id, claims, wants))
  wants.pairsLeft = pairsForAll + pairsForEach * wants.byText.size
  for (const [at, own] of wanted.entries()) {
    counts.push(countRivals(workstreams[at]!.id, own, wants))
    hotClaims.push(hottest(own))
  }
  return { counts, hotClaims, keys: keysOf(wanted) }
}

/** How many others want what each workstream claims, alone. */
export function contentions(
  workstreams: readonly WorkstreamSpec[],
  options: { readonly ignoreCase: boolean },
): readonly number[] {
  return rivalryOf(workstreams, options).counts
}

/** A distinct claim, with as many of those who want it as matter. */
interface Want {
  /** From 1 up. */
  readonly number: number
  readonly claim: Claim
  readonly owners: string[]
  readonly compiled: CompiledClaim
  count: number
  rivals: readonly string[] | undefined
}

interface Wants {
  readonly ignoreCase: boolean
  readonly byText: Map<string, Want>
  readonly trie: ClaimTrie<Want>
  /** How many more pairs may be compared. */
  pairsLeft: number
}

function wantsOf(id: string, claims: readonly Claim[], { byText, trie, ignoreCase }: Wants): readonly Want[] {
  return claims.map((claim): Want => {
    const text = textOf(claim)
    const known = byText.get(text)
    if (known === undefined) {
      const compiled = compileClaim(claim, ignoreCase)
      const number = byText.size + 1
      const want: Want = { number, claim, compiled, owners: [id], count: 1, rivals: undefined }
      trie.insert(want, 0, claim, compiled)
      byText.set(text, want)
      return want
    }
    known.count++
    if (known.owners.length <= contentionCap && !known.owners.includes(id)) known.owners.push(id)
    return known
  })
}

function countRivals(id: string, own: readonly Want[], wants: Wants): number {
  const [first, ...others] = own
  if (first === undefined) return 0
  const most = rivalsOf(first, wants)
  if (others.length === 0) return Math.min(most.length - Number(most.includes(id)), contentionCap)
  const rivals = new Set(most)
  for (const want of others) for (const rival of rivalsOf(want, wants)) rivals.add(rival)
  rivals.delete(id)
  return Math.min(rivals.size, contentionCap)
}

/** Who wants what cannot be held beside the claim: one more than the cap, since its own owner may be among them. */
function rivalsOf(want: Want, wants: Wants): readonly string[] {
  if (want.rivals !== undefined) return want.rivals
  const { claim, compiled } = want
  const isForOne = claim.mode === 'exclusive' && compiledOverlap(compiled, compiled)
  const rivals = isForOne ? [...want.owners] : []
  want.rivals = rivals
  if (wants.pairsLeft <= 0) return rivals
  wants.trie.visitCandidates(compiled.path.head, (other) => {
    if (other.holder === want || rivals.length > contentionCap) return
    if (wants.pairsLeft <= 0 || !modesClash(claim.mode, other.claim.mode)) return
    wants.pairsLeft--
    if (!compiledOverlap(compiled, other.compiled)) return
    for (const id of other.holder.owners) if (!rivals.includes(id)) rivals.push(id)
  })
  return rivals
}

function hottest(own: readonly Want[]): Claim | undefined {
  let most: Want | undefined
  for (const want of own) {
    if (want.claim.mode !== 'exclusive' || want.count <= contentionCap) continue
    if (most === undefined || want.count > most.count) most = want
  }
  return most?.claim
}

/** One number for each list of claims that several have. */
function keysOf(wanted: readonly (readonly Want[])[]): readonly (number | undefined)[] {
  const numbers = new Map<string, number>()
  return wanted.map((own) => {
    const [first, second] = own
    if (first === undefined) return 0
    if (own.some(({ count }) => count === 1)) return undefined
    if (second === undefined) return first.number
    const text = own.map(({ number }) => number).join()
    const number = numbers.get(text) ?? -1 - numbers.size
    numbers.set(text, number)
    return number
  })
}

function textOf({ mode, path, exclude }: Claim): string {
  return exclude === undefined ? `${mode} ${path}` : JSON.stringify([mode, path, exclude])
}
