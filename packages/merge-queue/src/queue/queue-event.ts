import type { CommandAnswer } from '@ws/core'
import type { EntryProblem } from './queue-effect.ts'
import type {
  CheckOutcome,
  EscalationOutcome,
  FileConflict,
  OfCandidate,
  OfCheckRun,
  OfEntry,
  OfEscalation,
  OfLand,
  OfTarget,
} from './queue-input.ts'
import type { EntrySpec, QueueSettings } from './queue-spec.ts'

/** Everything that happens to the queue, as it stands in the log. Types are only ever added. */
export type QueueEvent =
  | { readonly type: 'command.answered'; readonly commandId: string; readonly answer: CommandAnswer }
  // the queue and its targets
  | { readonly type: 'queue.configured'; readonly settings: QueueSettings }
  | { readonly type: 'queue.paused' }
  | { readonly type: 'queue.resumed' }
  | ({ readonly type: 'target.frozen'; readonly because: FreezeReason } & OfTarget)
  /** `adopt`: the head of a rewound branch, to be taken for what was landed. */
  | ({ readonly type: 'target.thawed'; readonly adopt?: string } & OfTarget)
  /** Seen for the first time, or moved by somebody else. */
  | ({ readonly type: 'target.moved'; readonly from?: string; readonly to: string } & OfTarget)
  | ({ readonly type: 'target.followed'; readonly landed: string } & OfTarget)
  | ({
      readonly type: 'target.held'
      readonly landed: string
      readonly where: string
      readonly paths: readonly string[]
    } & OfTarget)
  /** A look at it was asked for. */
  | ({ readonly type: 'target.questioned' } & OfTarget)
  // entries on their way in
  | {
      readonly type: 'landing.queued'
      readonly entry: EntrySpec
      readonly level: number
      /** How long it was expected to take, and how many failures on the way, as far as the queue could tell. */
      readonly expected?: Expectation
    }
  | ({ readonly type: 'landing.updated'; readonly commit: string; readonly base?: string } & OfEntry)
  | ({ readonly type: 'landing.requeued' } & OfEntry)
  | ({ readonly type: 'landing.relevelled'; readonly level: number } & OfEntry)
  | ({ readonly type: 'landing.jumped'; readonly level: number } & OfEntry)
  | ({ readonly type: 'landing.approved' } & OfEntry)
  /** It merges onto the target, but not onto an earlier entry, whose fate it waits for. */
  | ({
      readonly type: 'conflict.predicted'
      readonly with: string
      readonly conflicts: readonly FileConflict[]
    } & OfEntry)
  // entries on their way out
  /** All that is required of these entries has passed on this candidate. */
  | ({ readonly type: 'landing.checked'; readonly entryIds: readonly string[] } & OfCandidate & OfTarget)
  | ({
      readonly type: 'landing.intended'
      readonly from: string
      readonly to: string
      readonly candidateId: string
      readonly entryIds: readonly string[]
    } & OfLand &
      OfTarget)
  | ({
      readonly type: 'landing.landed'
      readonly to: string
      readonly entryIds: readonly string[]
    } & OfLand &
      OfTarget)
  /** Nothing of the entry was missing from the target: there was nothing to land. */
  | ({ readonly type: 'landing.emptied'; readonly commit: string } & OfEntry)
  /** The target did not take it; its entries are in the queue again. */
  | ({ readonly type: 'landing.deferred'; readonly why: DeferReason } & OfLand & OfTarget)
  | ({
      readonly type: 'landing.conflicted'
      readonly conflicts: readonly FileConflict[]
      readonly with?: string
    } & OfEntry)
  | ({
      readonly type: 'landing.rejected'
      readonly problem: RejectionProblem
      /** It stood behind others: until then it is asked, while slots are idle, whether it fails alone. */
      readonly diagnoseUntil?: number
    } & OfEntry)
  /** Nobody asks any more whether a rejected entry fails alone; `together`: it does not, only with these. */
  | ({ readonly type: 'landing.diagnosed'; readonly together?: readonly string[] } & OfEntry)
  | ({ readonly type: 'landing.cancelled'; readonly because: CancelReason } & OfEntry)
  | ({ readonly type: 'landing.reverted'; readonly revertId: string } & OfEntry)
  // candidates and checks
  /** A line is also tested without one of its entries, which may be bad; or no longer. */
  | ({ readonly type: 'line.forked'; readonly without: string } & OfTarget)
  | ({ readonly type: 'line.joined'; readonly without: string } & OfTarget)
  | ({
      readonly type: 'candidate.built'
      readonly entryId: string
      readonly onto: string
      readonly commit: string
      readonly tree: string
      readonly keys: Readonly<Record<string, string>>
      readonly isEmpty: boolean
    } & OfCandidate &
      OfTarget)
  | ({
      readonly type: 'candidate.failed'
      readonly entryId: string
      readonly onto: string
      readonly problem: CandidateProblem
    } & OfCandidate &
      OfTarget)
  | ({
      readonly type: 'check.started'
      readonly check: string
      readonly candidateId: string
      readonly commit: string
      readonly tree: string
      readonly key: string
      readonly attempt: number
      readonly entryIds: readonly string[]
      readonly purpose: CheckPurpose
    } & OfCheckRun &
      OfTarget)
  | ({
      readonly type: 'check.ended'
      readonly check: string
      readonly key: string
      readonly outcome: CheckOutcome
      readonly durationMs: number
    } & OfCheckRun &
      OfTarget)
  /** Its result would serve nobody any more. */
  | ({ readonly type: 'check.stopped' } & OfCheckRun & OfTarget)
  /** A check after a landing passed, or turned the target red, or was red before. */
  | ({
      readonly type: 'landing.verified'
      readonly check: string
      readonly result: 'passed' | 'turned-red' | 'was-red'
    } & OfEntry &
      OfTarget)
  // the world does not answer
  | ({
      readonly type: 'infrastructure.failed'
      /** `build`, `land` or `check/<name>`. */
      readonly what: string
      /** The candidate, the check and key, or the target. */
      readonly subject: string
      readonly detail: string
      readonly isLost: boolean
      /** When it is tried again; at once where it is not given. */
      readonly retryAt?: number
    } & OfTarget)
  | ({ readonly type: 'infrastructure.retried'; readonly what: string } & OfTarget)
  // whoever is asked
  | ({ readonly type: 'escalation.raised'; readonly problem: EntryProblem } & OfEscalation)
  | ({ readonly type: 'escalation.resolved'; readonly outcome: EscalationOutcome } & OfEscalation)

/** How long an entry was expected to take, with how many failures on the way, and which multiples of that were told. */
export interface Expectation {
  readonly ms: number
  readonly risk: number
  readonly told: readonly [number, number, number]
}

/** Why nothing starts and nothing lands on a target until somebody thaws it (or the reason goes by itself). */
export type FreezeReason =
  | { readonly reason: 'asked'; readonly detail: string }
  | { readonly reason: 'infrastructure'; readonly detail: string }
  /** The remote said no, and will again. */
  | { readonly reason: 'refused'; readonly detail: string }
  | { readonly reason: 'rewound'; readonly landed: string; readonly head: string }
  | { readonly reason: 'deleted'; readonly landed: string | undefined }
  /** What a person committed on the target does not pass: nothing can land until it is repaired there. */
  | { readonly reason: 'person-failed'; readonly entryId: string }

/** Why a landing past its intent did not happen. */
export type DeferReason =
  | { readonly reason: 'moved'; readonly to: string | undefined }
  | { readonly reason: 'refused'; readonly detail: string }
  | { readonly reason: 'infrastructure'; readonly detail: string }
  | { readonly reason: 'lost' }

/** Why an entry was FAILED. */
export type RejectionProblem = Extract<EntryProblem, { readonly reason: 'check-failed' | 'impossible' }>

/** Why a candidate cannot be made. */
export type CandidateProblem =
  | { readonly reason: 'conflicted'; readonly conflicts: readonly FileConflict[] }
  | { readonly reason: 'impossible'; readonly detail: string }

/** Why an entry was CANCELLED. Withdrawn: a person took back what was committed on the target. */
export type CancelReason = 'removed' | 'withdrawn'

/** What a check run is for: what must pass, what is only reported, what is looked at after the landing, whom to blame. */
export type CheckPurpose = 'required' | 'advisory' | 'afterwards' | 'diagnosis'
