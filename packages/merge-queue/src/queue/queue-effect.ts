import type { EntrySpec } from './queue-spec.ts'
import type { FileConflict, OfCandidate, OfCheckRun, OfEscalation, OfLand, OfTarget } from './queue-input.ts'

/** What should be going on now for the queue. */
export type QueueEffect = BuildEffect | CheckEffect | LandEffect | WatchEffect | EscalateEffect

/** Make the commit that the target would be. Pure in its inputs: the same ones give the same commit id. */
export interface BuildEffect extends OfCandidate, OfTarget {
  readonly kind: 'build'
  readonly onto: string
  readonly entry: EntrySpec
  /** Names of the checks whose keys are asked for. */
  readonly checks: readonly string[]
}

/** Run one check on a candidate, in a clean checkout of it. */
export interface CheckEffect extends OfCheckRun, OfTarget {
  readonly kind: 'check'
  readonly check: string
  readonly commit: string
  readonly tree: string
  readonly key: string
  /** Which try, 1 the first; more where it looked flaky or was lost. */
  readonly attempt: number
  /** For people: the entries that are tested together. */
  readonly entryIds: readonly string[]
}

/** Move the target by compare-and-swap. The intent stands in the log; it cannot be withdrawn. */
export interface LandEffect extends OfLand, OfTarget {
  readonly kind: 'land'
  readonly from: string
  readonly to: string
  readonly entryIds: readonly string[]
}

/** Keep the branch in step with what was landed, and say what persons did to it; goes on until it is not wanted. */
export interface WatchEffect extends OfTarget {
  readonly kind: 'watch'
  /** What the queue believes `refs/ws/landed/<target>` to be; `undefined` before the first look. */
  readonly landed: string | undefined
  /** Rises when somebody asks for a look now. */
  readonly look: number
  /** A person takes this head of the branch for what was landed: move `refs/ws/landed/<target>` to it, then look. */
  readonly adopt?: string
}

/** Ask the planner, a tool or a person what to do with an entry that cannot land. */
export interface EscalateEffect extends OfEscalation {
  readonly kind: 'escalate'
  readonly problem: EntryProblem
}

/** Why an entry left the queue without landing. */
export type EntryProblem =
  | { readonly reason: 'conflicted'; readonly conflicts: readonly FileConflict[]; readonly with?: string }
  | {
      readonly reason: 'check-failed'
      readonly checks: readonly { readonly name: string; readonly detail: string; readonly tail?: string }[]
      /** Each passes alone; only together do they fail. */
      readonly together?: readonly string[]
    }
  | { readonly reason: 'impossible'; readonly detail: string }
  | { readonly reason: 'infrastructure'; readonly detail: string }
