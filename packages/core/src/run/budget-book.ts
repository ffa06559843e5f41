/**
 * Money, in whole millionths of a dollar so that sums are exact. A scope is a run, a workstream, a tool, an
 * account, or a user and day; an attempt is booked in all of its scopes at once.
 */
export interface BudgetScope {
  /** Undefined: counted, not limited. */
  limit: number | undefined
  warnAt: number
  stopAt: number
  spent: number
  reserved: number
  isWarned: boolean
  isStopped: boolean
}

/** Shares of a limit at which a scope is warned and stopped where a plan says nothing. */
const defaultShares = { warnAt: 0.8, stopAt: 0.95 }

export class BudgetBook {
  readonly scopes = new Map<string, BudgetScope>()

  setLimit(
    scope: string,
    usd: number | undefined,
    shares: { warnAt: number; stopAt: number } = defaultShares,
  ): void {
    const entry = this.#scope(scope)
    entry.limit = usd === undefined ? undefined : toMicro(usd)
    entry.warnAt = shares.warnAt
    entry.stopAt = shares.stopAt
    const { spent, limit } = entry
    entry.isWarned = limit !== undefined && spent >= limit * entry.warnAt
    entry.isStopped = limit !== undefined && spent >= limit * entry.stopAt
  }

  /** The first of the scopes in which the amount does not fit below the stop limit. */
  lacking(scopes: readonly string[], usd: number): string | undefined {
    return scopes.find((scope) => toMicro(usd) > this.#free(scope))
  }

  /** Whether something reserved in the scope may still be given back. */
  hasReserved(scope: string): boolean {
    return (this.scopes.get(scope)?.reserved ?? 0) > 0
  }

  /** Whether the amount would fit if all that is reserved now were given back. */
  couldEverFit(scope: string, usd: number): boolean {
    const entry = this.scopes.get(scope)
    if (entry?.limit === undefined) return true
    return toMicro(usd) <= Math.floor(entry.limit * entry.stopAt) - entry.spent
  }

  reserve(scopes: readonly string[], usd: number): void {
    for (const scope of scopes) this.#scope(scope).reserved += toMicro(usd)
  }

  /** Moves a reservation's real use to what is spent. */
  settle(scopes: readonly string[], reservedUsd: number, usedUsd: number): void {
    for (const scope of scopes) {
      const entry = this.#scope(scope)
      entry.reserved -= toMicro(reservedUsd)
      entry.spent += toMicro(usedUsd)
    }
  }

  /** Changes what an attempt, settled before, has cost. */
  correct(scopes: readonly string[], fromUsd: number, toUsd: number): void {
    for (const scope of scopes) this.#scope(scope).spent += toMicro(toUsd) - toMicro(fromUsd)
  }

  /** Scopes of these that have passed a share since it was last marked. */
  *passed(
    scopes: readonly string[],
  ): Generator<{ scope: string; mark: 'warned' | 'stopped'; spentUsd: number; limitUsd: number }> {
    for (const scope of scopes) {
      const entry = this.scopes.get(scope)
      if (entry?.limit === undefined) continue
      const facts = { scope, spentUsd: toUsd(entry.spent), limitUsd: toUsd(entry.limit) }
      if (!entry.isWarned && entry.spent >= entry.limit * entry.warnAt) yield { ...facts, mark: 'warned' }
      if (!entry.isStopped && entry.spent >= entry.limit * entry.stopAt) yield { ...facts, mark: 'stopped' }
    }
  }

  mark(scope: string, mark: 'warned' | 'stopped'): void {
    const entry = this.#scope(scope)
    if (mark === 'warned') entry.isWarned = true
    else entry.isStopped = true
  }

  /** Whether the scope has passed its stop share. */
  isStopped(scope: string): boolean {
    return this.scopes.get(scope)?.isStopped === true
  }

  /** The shares in force for a scope. */
  shares(scope: string): { warnAt: number; stopAt: number } {
    const { warnAt, stopAt } = this.scopes.get(scope) ?? defaultShares
    return { warnAt, stopAt }
  }

  spentUsd(scope: string): number {
    return toUsd(this.scopes.get(scope)?.spent ?? 0)
  }

  limitUsd(scope: string): number | undefined {
    const limit = this.scopes.get(scope)?.limit
    return limit === undefined ? undefined : toUsd(limit)
  }

  #free(scope: string): number {
    const entry = this.scopes.get(scope)
    if (entry?.limit === undefined) return Number.POSITIVE_INFINITY
    return Math.floor(entry.limit * entry.stopAt) - entry.spent - entry.reserved
  }

  #scope(scope: string): BudgetScope {
    let entry = this.scopes.get(scope)
    if (entry === undefined) {
      entry = { limit: undefined, ...defaultShares, spent: 0, reserved: 0, isWarned: false, isStopped: false }
      this.scopes.set(scope, entry)
    }
    return entry
  }
}

function toMicro(usd: number): number {
  return Math.round(usd * 1_000_000)
}

function toUsd(micro: number): number {
  return micro / 1_000_000
}
