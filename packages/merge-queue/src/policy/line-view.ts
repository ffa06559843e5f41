/** A prefix under test, with the share of its usual time that is over. */
export interface RunningPrefix {
  readonly prefix: number
  readonly elapsed: number
}

/** What a policy knows of a line when it chooses. Prefix k is the target with the line's first k entries. */
export interface LineView {
  /** How likely each entry is to be bad, first to last. */
  readonly failureRates: readonly number[]
  /** How likely a trial is to fail though nothing is wrong. */
  readonly flakeRate: number
  /** The longest prefix that is known to be good; 0 for the target itself. */
  readonly good: number
  /** Longer prefixes that failed and have not passed since, shortest first. */
  readonly failed: readonly number[]
  /** How often the first of those has failed. */
  readonly failures: number
  /** Prefixes under test, shortest first. */
  readonly running: readonly RunningPrefix[]
  /** How often a failure of a single entry is tried again before it counts. */
  readonly retries: number
  /** How many prefixes may be under test at once, those of forks included. */
  readonly slots: number
  /** Forks that are prepared. */
  readonly forks: readonly ForkView[]
}

/** A line without one of its entries. Its prefixes are counted as the line's: up to the k-th entry, without that one. */
export interface ForkView {
  /** The place in the line of the entry that is left out, 1 the first. */
  readonly without: number
  /** The longest prefix of the fork that is known to be good. */
  readonly good: number
  readonly failed: readonly number[]
  readonly running: readonly RunningPrefix[]
}

/** What should be under test, the most wanted first. */
export interface TrialPlan {
  readonly prefixes: readonly number[]
  readonly forks: readonly ForkPlan[]
}

/** What should be under test of a line without one of its entries. */
export interface ForkPlan {
  readonly without: number
  readonly prefixes: readonly number[]
}
