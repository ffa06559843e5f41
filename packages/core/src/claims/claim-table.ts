import { invariant } from '../errors/invariant.ts'
import type { Claim } from './claim.ts'
import { modesClash } from './claim.ts'
import { ClaimIndex } from './claim-index.ts'
import { claimsOverlap, overlapWitness } from './overlap.ts'

/** Who is in the way of a request, and on which path. */
export interface ClaimBlocker {
  /** The holder, or the waiter whose barrier stands before the request. */
  readonly holder: string
  readonly kind: 'held' | 'barrier'
  /** A path that both patterns match. */
  readonly path: string
}

/** What a request is told. */
export type ClaimAnswer = { readonly granted: true } | { readonly granted: false; readonly by: ClaimBlocker }

/** How a table compares and how patient its waiters are. */
export interface ClaimTableOptions {
  /** Whether the repository's file names compare without case. @default false */
  readonly ignoreCase?: boolean
  /** How often a waiter may be by-passed before nothing that overlaps its claims starts before it. @default 16 */
  readonly barrierAfter?: number
}

/** What a request may say besides its claims. */
export interface ClaimRequestOptions {
  /** The requester's urgency, inherited by who is in its way; lower is more urgent. @default 0 */
  readonly level?: number
  /** Holders and waiters that do not count: ordered ones never conflict. */
  readonly ignore?: (holder: string) => boolean
}

/** A table as JSON. */
export interface FrozenClaims {
  readonly held: readonly (readonly [string, readonly Claim[]])[]
  readonly waiters: readonly (readonly [string, Readonly<Waiter>])[]
  readonly levels: readonly (readonly [string, number])[]
  readonly lastBarrier: number
}

interface Waiter {
  readonly claims: readonly Claim[]
  readonly behind: string
  level: number
  bypassed: number
  /** The order in which waiters became barriers; a barrier stands only before those that came later. */
  barrier: number | undefined
}

/**
 * Who holds which paths, and who waits for whom.
 *
 * A holder's claims are taken all at once or not at all. A refused holder is remembered as waiting; whoever is
 * in its way inherits its level. Each time others are granted what a waiter wants, the waiter was by-passed;
 * by-passed `barrierAfter` times, it becomes a barrier before every later request that overlaps it. No request
 * looks at all pairs: holders and waiters lie in a `ClaimIndex`.
 */
export class ClaimTable {
  readonly #held: ClaimIndex<string>
  readonly #wanted: ClaimIndex<string>
  readonly #waiters = new Map<string, Waiter>()
  readonly #behind = new Map<string, Set<string>>()
  readonly #levels = new Map<string, number>()
  readonly #options: Required<ClaimTableOptions>
  #barriers = 0
  #lastBarrier = 0

  constructor(options: ClaimTableOptions = {}) {
    this.#options = { ignoreCase: options.ignoreCase ?? false, barrierAfter: options.barrierAfter ?? 16 }
    this.#held = new ClaimIndex<string>({ ignoreCase: this.#options.ignoreCase })
    this.#wanted = new ClaimIndex<string>({ ignoreCase: this.#options.ignoreCase })
  }

  get ignoreCase(): boolean {
    return this.#options.ignoreCase
  }

  /** Takes the claims or remembers the holder as waiting: what an embedder calls. */
  request(holder: string, claims: readonly Claim[], options: ClaimRequestOptions = {}): ClaimAnswer {
    const by = this.blocker(holder, claims, options.ignore)
    if (by !== undefined) {
      this.wait(holder, claims, by.holder, options.level ?? 0)
      return { granted: false, by }
    }
    this.take(holder, claims)
    return { granted: true }
  }

  /** Who is in the way, or `undefined`; changes nothing. */
  blocker(
    holder: string,
    claims: readonly Claim[],
    ignore: (other: string) => boolean = () => false,
  ): ClaimBlocker | undefined {
    const isExempt = (other: string) => other === holder || ignore(other)
    for (const { owner, held, wanted } of this.#held.conflicts(claims, isExempt)) {
      return this.#blockedBy(owner, 'held', held, wanted)
    }
    if (this.#barriers === 0) return undefined
    const own = this.#waiters.get(holder)?.barrier ?? Number.POSITIVE_INFINITY
    const isNoBarrier = (other: string) => {
      const barrier = this.#waiters.get(other)?.barrier
      return barrier === undefined || barrier >= own || isExempt(other)
    }
    for (const { owner, held, wanted } of this.#wanted.conflicts(claims, isNoBarrier)) {
      return this.#blockedBy(owner, 'barrier', held, wanted)
    }
    return undefined
  }

  /**
   * Gives the claims to the holder, who must have asked with `blocker` first, and counts whom that by-passes; returns
   * who became a barrier thereby.
   */
  take(holder: string, claims: readonly Claim[]): readonly string[] {
    invariant(!this.#held.has(holder), 'claims are taken all at once', { holder })
    this.forget(holder)
    this.#held.add(holder, claims)
    const barriers: string[] = []
    if (this.#waiters.size === 0) return barriers
    for (const { owner } of this.#wanted.conflicts(claims)) {
      const waiter = this.#waiters.get(owner)
      if (waiter === undefined || ++waiter.bypassed < this.#options.barrierAfter) continue
      if (waiter.barrier !== undefined) continue
      waiter.barrier = ++this.#lastBarrier
      this.#barriers++
      barriers.push(owner)
    }
    return barriers
  }

  /** Remembers a holder as waiting behind another, who inherits its level. */
  wait(holder: string, claims: readonly Claim[], behind: string, level: number): void {
    const before = this.#waiters.get(holder)
    if (before === undefined) this.#wanted.add(holder, claims)
    else this.#leaveLine(holder, before.behind)
    const { bypassed, barrier } = before ?? { bypassed: 0, barrier: undefined }
    this.#waiters.set(holder, { claims, behind, level, bypassed, barrier })
    const line = this.#behind.get(behind)
    if (line === undefined) this.#behind.set(behind, new Set([holder]))
    else line.add(holder)
    const inherited = this.#levels.get(behind)
    if (this.#held.has(behind) && (inherited === undefined || level < inherited))
      this.#levels.set(behind, level)
  }

  /** Takes a waiter out of the queue without giving it anything. */
  forget(holder: string): void {
    const waiter = this.#waiters.get(holder)
    if (waiter === undefined) return
    this.#waiters.delete(holder)
    this.#wanted.delete(holder)
    this.#leaveLine(holder, waiter.behind)
    if (waiter.barrier !== undefined) this.#barriers--
  }

  /** Lets everything of a holder go; returns who waited behind it, in the order of their asking. */
  release(holder: string): readonly string[] {
    this.#levels.delete(holder)
    if (!this.#held.delete(holder)) return []
    return this.waitersBehind(holder)
  }

  /** Who waits behind a holder or a barrier, in the order of their asking. */
  waitersBehind(holder: string): readonly string[] {
    return [...(this.#behind.get(holder) ?? [])]
  }

  /** Passes everything of one holder to another, at once: nobody can come in between. */
  handOver(from: string, to: string): void {
    const claims = this.claimsOf(from)
    invariant(claims !== undefined, 'only a holder hands over', { from })
    const level = this.#levels.get(from)
    this.release(from)
    this.take(to, claims)
    if (level !== undefined) this.#levels.set(to, level)
  }

  /** The most urgent level among those who wait for this holder. */
  inheritedLevel(holder: string): number | undefined {
    return this.#levels.get(holder)
  }

  holds(holder: string): boolean {
    return this.#held.has(holder)
  }

  claimsOf(holder: string): readonly Claim[] | undefined {
    return this.#held.has(holder) ? this.#held.claimsOf(holder) : undefined
  }

  isBarrier(holder: string): boolean {
    return this.#waiters.get(holder)?.barrier !== undefined
  }

  /** The holders, in the order of their taking. */
  holders(): Iterable<string> {
    return this.#held.owners()
  }

  /** Whether two sets of claims could not be held side by side. */
  clash(some: readonly Claim[], others: readonly Claim[]): boolean {
    const { ignoreCase } = this.#options
    return some.some((a) =>
      others.some((b) => modesClash(a.mode, b.mode) && claimsOverlap(a, b, { ignoreCase })),
    )
  }

  /** Everything as JSON; `thaw` is its inverse. */
  freeze(): FrozenClaims {
    return {
      held: [...this.#held.owners()].map((holder) => [holder, this.#held.claimsOf(holder)]),
      waiters: [...this.#waiters].map(([holder, waiter]) => [holder, { ...waiter }]),
      levels: [...this.#levels],
      lastBarrier: this.#lastBarrier,
    }
  }

  static thaw(frozen: FrozenClaims, options: ClaimTableOptions = {}): ClaimTable {
    const table = new ClaimTable(options)
    for (const [holder, claims] of frozen.held) table.#held.add(holder, claims)
    for (const [holder, { claims, behind, level, bypassed, barrier }] of frozen.waiters) {
      table.wait(holder, claims, behind, level)
      table.#waiters.set(holder, { claims, behind, level, bypassed, barrier })
      if (barrier !== undefined) table.#barriers++
    }
    table.#levels.clear()
    for (const [holder, level] of frozen.levels) table.#levels.set(holder, level)
    table.#lastBarrier = frozen.lastBarrier
    return table
  }

  #leaveLine(holder: string, behind: string): void {
    const line = this.#behind.get(behind)
    line?.delete(holder)
    if (line?.size === 0) this.#behind.delete(behind)
  }

  #blockedBy(holder: string, kind: ClaimBlocker['kind'], held: Claim, wanted: Claim): ClaimBlocker {
    const path = overlapWitness(held, wanted, { ignoreCase: this.#options.ignoreCase })
    invariant(path !== undefined, 'a conflict has a witness', { held: held.path, wanted: wanted.path })
    return { holder, kind, path }
  }
}
