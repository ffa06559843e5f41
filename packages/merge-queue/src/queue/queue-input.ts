import type { EntrySpec, QueueSettings } from './queue-spec.ts'

/** What people and programs ask of the queue. Each carries an id, so that asking twice is asking once. */
export type QueueCommand =
  | Command<'queue.configure', { readonly settings: QueueSettings }>
  | Command<'queue.pause', object>
  | Command<'queue.resume', object>
  | Command<'target.freeze', OfTarget & { readonly because: string }>
  /** Looks at the target again and goes on; `adopt` takes a rewound branch as it stands for what was landed. */
  | Command<'target.thaw', OfTarget & { readonly adopt?: boolean }>
  | Command<'entry.add', { readonly entry: EntrySpec }>
  /** Its branch was repaired: a new commit (and base) under the same id. */
  | Command<'entry.update', OfEntry & { readonly commit: string; readonly base?: string }>
  /** Past its intent an entry lands all the same, and the answer says so. */
  | Command<'entry.remove', OfEntry>
  | Command<'entry.retry', OfEntry>
  | Command<'entry.jump', OfEntry>
  | Command<'entry.relevel', OfEntry & { readonly level: number }>
  | Command<'entry.approve', OfEntry>
  | Command<'entry.revert', OfEntry & { readonly revertId: string }>

/** What the world reports. An outcome that nobody waits for any more changes nothing. */
export type QueueOutcome = (
  | ({ readonly type: 'candidate.ended'; readonly outcome: CandidateOutcome } & OfCandidate)
  | ({
      readonly type: 'check.ended'
      readonly outcome: CheckOutcome
      readonly durationMs: number
    } & OfCheckRun)
  | ({ readonly type: 'landing.ended'; readonly outcome: LandOutcome } & OfLand)
  | ({ readonly type: 'target.observed'; readonly sight: TargetSight } & OfTarget)
  | ({ readonly type: 'escalation.ended'; readonly outcome: EscalationOutcome } & OfEscalation)
  | { readonly type: 'timer.rang' }
) & { readonly commandId?: never }

/** Everything that the queue machine may be told. */
export type QueueInput = QueueCommand | QueueOutcome

type Command<Type extends string, Body> = { readonly type: Type; readonly commandId: string } & Body

/** Names a target branch. */
export interface OfTarget {
  readonly target: string
}
/** Names an entry. */
export interface OfEntry {
  readonly entryId: string
}
/** Names a candidate: what the target would be after one entry more. Built from the same things it is the same commit. */
export interface OfCandidate {
  readonly candidateId: string
}
/** Names one run of one check; its number is the fence. */
export interface OfCheckRun {
  readonly checkRunId: string
}
/** Names one try at moving a target. */
export interface OfLand {
  readonly landId: string
}
/** Names one escalation of one entry. */
export interface OfEscalation extends OfEntry {
  readonly escalation: number
}

/** What became of building a candidate. */
export type CandidateOutcome =
  | {
      readonly kind: 'built'
      readonly commit: string
      readonly tree: string
      /** By check: what its result is remembered under (tree or restricted tree, definition, configuration, environment). */
      readonly keys: Readonly<Record<string, string>>
      /** Nothing of the entry is missing from what it was built on; `commit` is that then. */
      readonly isEmpty: boolean
    }
  | { readonly kind: 'conflicted'; readonly conflicts: readonly FileConflict[] }
  /** `fast-forward` where the target is not an ancestor, a revert of what is not there, an entry whose commit is gone. */
  | { readonly kind: 'impossible'; readonly detail: string }
  | { readonly kind: 'infrastructure'; readonly detail: string }
  | { readonly kind: 'lost' }

/** A file on which a merge stopped, with the places in it. */
export interface FileConflict {
  readonly path: string
  readonly reason: string
  readonly hunks: readonly { readonly line: number; readonly ours: string; readonly theirs: string }[]
}

/** What became of one run of a check. Infrastructure blames nobody and lands nothing. */
export type CheckOutcome =
  | { readonly kind: 'passed'; readonly log?: string }
  | { readonly kind: 'failed'; readonly detail: string; readonly log?: string; readonly tail?: string }
  | { readonly kind: 'timed-out'; readonly afterMs: number; readonly log?: string; readonly tail?: string }
  | { readonly kind: 'infrastructure'; readonly detail: string }
  | { readonly kind: 'lost' }

/** What became of moving a target. */
export type LandOutcome =
  | { readonly kind: 'landed' }
  /** Somebody else moved it; nothing was changed. `to` is `undefined` where it is gone. */
  | { readonly kind: 'moved'; readonly to: string | undefined }
  /** The remote (or a hook of it) says no, and will again. */
  | { readonly kind: 'refused'; readonly detail: string }
  | { readonly kind: 'infrastructure'; readonly detail: string }
  | { readonly kind: 'lost' }

/**
 * Where a target stands beside what the queue landed. `landed` is the value of `refs/ws/landed/<target>`,
 * `head` that of the branch itself.
 */
export type TargetSight =
  /** The branch is where the queue left it. */
  | { readonly kind: 'followed'; readonly landed: string }
  /** The branch lags behind: these files of a checkout are in the way of its fast-forward. */
  | {
      readonly kind: 'held'
      readonly landed: string
      readonly where: string
      readonly paths: readonly string[]
    }
  /** A person committed on the branch: `head` is to be taken in as the next candidate. */
  | { readonly kind: 'advanced'; readonly landed: string; readonly head: string }
  /** The branch no longer holds what was landed on it. */
  | { readonly kind: 'rewound'; readonly landed: string; readonly head: string }
  | { readonly kind: 'deleted'; readonly landed: string }

/** What whoever was asked about a failed or conflicted entry says. */
export type EscalationOutcome =
  /** Its branch was repaired. */
  | { readonly kind: 'repaired'; readonly commit: string; readonly base?: string }
  | { readonly kind: 'retry' }
  /** Left to a person. */
  | { readonly kind: 'declined'; readonly detail?: string }
