/** What a file `soak/<name>.ts` exports. */
export interface SoakModule {
  /** Tries cases from `seed` on, one seed a case, until `count` are done or the deadline has passed. */
  run(part: SoakPart): Promise<SoakResult>
  /** Paths whose change makes the proof older. */
  readonly covers: readonly string[]
}

export interface SoakPart {
  readonly seed: number
  readonly count: number
  /** When to stop, as `Date.now()` tells it. Looked at between cases. */
  readonly deadline: number
  /** A clone whose history is taken instead of a generated one, where the soak can do that. */
  readonly repo?: string
}

export interface SoakResult {
  readonly done: number
  /** Where the next part goes on. */
  readonly nextSeed: number
  readonly failures: readonly SoakFailure[]
  /** What else there is to say, for the row. */
  readonly found?: string
}

export interface SoakFailure {
  /** Shows the failure again: `npm run soak -- <name> --seed <seed> --count 1`. */
  readonly seed: number
  readonly message: string
}
