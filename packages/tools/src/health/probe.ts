/**
 * Starts a program with arguments, waits for its end, and says how it went. Never rejects; a program that does not
 * answer in time is ended, with everything it started.
 */
export type Probe = (argv: readonly string[], options: ProbeOptions) => Promise<ProbeAnswer>

/** How a program is probed. */
export interface ProbeOptions {
  readonly timeoutMs: number
  readonly signal?: AbortSignal
}

/** What became of a probe. */
export type ProbeAnswer =
  | {
      readonly answer: 'exited'
      /** `null` where a signal ended it. */
      readonly exitCode: number | null
      /** The first of what it wrote, standard output before standard error. */
      readonly output: string
      readonly responseTimeMs: number
    }
  | { readonly answer: 'none'; readonly responseTimeMs: number }
  | { readonly answer: 'missing' }
