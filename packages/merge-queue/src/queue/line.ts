import type { CandidateProblem } from './queue-event.ts'
import type { FileConflict } from './queue-input.ts'
import type { BuiltCandidate, EntryState } from './queue-state.ts'

/**
 * Entries of one lane, one built onto the other, the first onto the target:
 *
 *   landed ── e1 ── e2 ── e3 ── …        node k is the target with the first k entries
 *
 * An entry that nobody approved yet has a line of its own, and nobody is built onto it. A fork is a line without one of
 * its entries, which may turn out bad: it is tested beforehand, and becomes the line when that one is out.
 */
export interface Line {
  readonly isApproved: boolean
  /** The entry that is left out, where this is a fork. */
  readonly without: EntryState | undefined
  readonly entries: readonly EntryState[]
  /** As many of the entries as are built. */
  readonly nodes: readonly LineNode[]
  /** The candidate that is missing to go on. */
  readonly wants: CandidateWish | undefined
  /** The entry after the last node cannot be built onto it. */
  readonly clash: Clash | undefined
}

/** The target with so many entries of a line. */
export interface LineNode {
  readonly entry: EntryState
  readonly candidate: BuiltCandidate
  /** Names of the checks that must pass on it: those of every entry up to here that changes something. */
  readonly required: readonly string[]
  readonly advisory: readonly string[]
  /** Names of the checks whose keys it has at least. */
  readonly asked: readonly string[]
}

/** A candidate that is to be built. */
export interface CandidateWish {
  readonly candidateId: string
  readonly entry: EntryState
  readonly onto: string
  readonly checks: readonly string[]
}

/** Own: it cannot be built onto the target either. With: it can, but not onto that earlier entry. */
export type Clash =
  | { readonly kind: 'own'; readonly entry: EntryState; readonly problem: CandidateProblem }
  | {
      readonly kind: 'with'
      readonly entry: EntryState
      readonly other: EntryState
      readonly conflicts: readonly FileConflict[]
    }
