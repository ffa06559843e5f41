import { invariant } from '../errors/invariant.ts'
import { type Claim, modesClash } from './claim.ts'
import { ClaimTrie, type TrieEntry } from './claim-trie.ts'
import { compileClaim, type CompiledClaim } from './compiled-claim.ts'
import { type ClaimMatchOptions, compiledOverlap } from './overlap.ts'

/** A held claim that cannot be held beside a wanted one. */
export interface ClaimConflict<Owner> {
  readonly owner: Owner
  readonly held: Claim
  readonly wanted: Claim
}

/**
 * Claims by owner, asked for those that conflict with others. Asking looks at the claims below or above the wanted
 * ones in the directory tree, never at all of them.
 */
export class ClaimIndex<Owner> {
  readonly #ignoreCase: boolean
  readonly #holders = new Map<Owner, Holder<Owner>>()
  readonly #trie = new ClaimTrie<Holder<Owner>>()
  #nextOrder = 0

  constructor(options: ClaimMatchOptions = {}) {
    this.#ignoreCase = options.ignoreCase === true
  }

  /** How many owners there are. */
  get size(): number {
    return this.#holders.size
  }

  /**
   * Adds an owner with all its claims, or nothing at all.
   * @throws `WS_CLAIM_INVALID`; `WS_INVARIANT` if the owner is there already
   */
  add(owner: Owner, claims: readonly Claim[]): void {
    if (this.#holders.has(owner)) {
      invariant(false, 'an owner is added to a claim index once', { owner: String(owner) })
    }
    const compiled = claims.map((claim) => compileClaim(claim, this.#ignoreCase))
    const holder: Holder<Owner> = { owner, order: this.#nextOrder++, claims: [...claims], entries: [] }
    this.#holders.set(owner, holder)
    for (let rank = 0; rank < compiled.length; rank++) {
      holder.entries.push(this.#trie.insert(holder, rank, claims[rank]!, compiled[rank]!))
    }
  }

  /** Takes an owner out with all its claims; false if it was not there. */
  delete(owner: Owner): boolean {
    const holder = this.#holders.get(owner)
    if (!holder) return false
    this.#holders.delete(owner)
    for (const entry of holder.entries) this.#trie.remove(entry)
    return true
  }

  has(owner: Owner): boolean {
    return this.#holders.has(owner)
  }

  /** The owner's claims as they were added; empty if it is not there. */
  claimsOf(owner: Owner): readonly Claim[] {
    return this.#holders.get(owner)?.claims ?? []
  }

  /** The owners, in the order they were added. */
  owners(): IterableIterator<Owner> {
    return this.#holders.keys()
  }

  /**
   * Each owner that holds a claim which cannot be held beside the wanted ones, once, in the order the owners were
   * added, with its first such claim and the first wanted one that meets it. Overlaps are decided one at a time, as
   * the conflicts are taken. Owners for which `skip` is true are passed over.
   * @throws `WS_CLAIM_INVALID`
   */
  *conflicts(
    claims: readonly Claim[],
    skip?: (owner: Owner) => boolean,
  ): Generator<ClaimConflict<Owner>, void, undefined> {
    const candidates = this.#candidates(claims)
    if (!candidates) return
    let done: Holder<Owner> | undefined
    for (const { entry, wanted, compiled } of candidates) {
      const { holder } = entry
      if (holder === done) continue
      if (skip?.(holder.owner)) done = holder
      else if (compiledOverlap(entry.compiled, compiled)) {
        done = holder
        yield { owner: holder.owner, held: entry.claim, wanted }
      }
    }
  }

  /** The pairs that clash and may overlap, in the order to report them; undefined, and nothing allocated, if none. */
  #candidates(claims: readonly Claim[]): Candidate<Owner>[] | undefined {
    let candidates: Candidate<Owner>[] | undefined
    for (const wanted of claims) {
      const compiled = compileClaim(wanted, this.#ignoreCase)
      this.#trie.visitCandidates(compiled.path.head, (entry) => {
        if (!modesClash(entry.claim.mode, wanted.mode)) return
        candidates ??= []
        candidates.push({ entry, wanted, compiled })
      })
    }
    // The sort is stable, so of equal claims the one wanted first comes first.
    return candidates?.sort(
      (a, b) => a.entry.holder.order - b.entry.holder.order || a.entry.rank - b.entry.rank,
    )
  }
}

interface Holder<Owner> {
  readonly owner: Owner
  readonly order: number
  readonly claims: readonly Claim[]
  readonly entries: TrieEntry<Holder<Owner>>[]
}

interface Candidate<Owner> {
  readonly entry: TrieEntry<Holder<Owner>>
  readonly wanted: Claim
  readonly compiled: CompiledClaim
}
