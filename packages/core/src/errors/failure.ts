/**
 * How an attempt or a landing ended when it did not succeed: what may well happen while working, as plain
 * data. The sentences are written in `explain/`.
 */
export type Failure =
  | { readonly reason: 'exited'; readonly exitCode: number; readonly tail?: string }
  | { readonly reason: 'signalled'; readonly signal: string; readonly tail?: string }
  | { readonly reason: 'timed-out'; readonly afterMs: number; readonly limit: 'run' | 'idle' | 'queue' }
  | { readonly reason: 'crashed'; readonly detail: string }
  | { readonly reason: 'unparsable'; readonly detail: string }
  | { readonly reason: 'protocol'; readonly detail: string }
  | { readonly reason: 'refused'; readonly detail: string }
  | { readonly reason: 'auth'; readonly detail: string }
  | { readonly reason: 'rate-limited'; readonly resetAt?: number }
  | { readonly reason: 'quota-exhausted'; readonly resetAt?: number }
  | { readonly reason: 'overloaded'; readonly detail?: string }
  | { readonly reason: 'context-exceeded'; readonly detail?: string }
  | { readonly reason: 'over-reservation'; readonly spentUsd: number; readonly reservedUsd: number }
  | { readonly reason: 'outputs-missing'; readonly paths: readonly string[] }
  | { readonly reason: 'inputs-missing'; readonly patterns: readonly string[] }
  | { readonly reason: 'interrupted'; readonly by: InterruptReason }
  | { readonly reason: 'lost' }
  | { readonly reason: 'infrastructure'; readonly detail: string }

/** Why an attempt was told to stop. */
export type InterruptReason = 'cancelled' | 'paused' | 'over-reservation' | 'run-stopped' | 'discarded'

/** A guardrail that an attempt broke; the branch is kept for a person to look at. */
export type Breach =
  | { readonly breach: 'outside-claims'; readonly paths: readonly string[] }
  | { readonly breach: 'forbidden-path'; readonly paths: readonly string[] }
  | { readonly breach: 'forbidden-pattern'; readonly pattern: string; readonly path: string }
  | { readonly breach: 'secret'; readonly path: string; readonly kind: string }
  | {
      readonly breach: 'too-large'
      readonly what: 'files' | 'diff-lines' | 'output-bytes'
      readonly is: number
      readonly limit: number
    }
  | { readonly breach: 'isolation'; readonly detail: string }
  | { readonly breach: 'command'; readonly command: string; readonly exitCode: number }
  | { readonly breach: 'crash-loop'; readonly crashes: number; readonly cause: 'crashed' | 'lost' }
