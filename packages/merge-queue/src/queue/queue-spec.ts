import type { Claim } from '@ws/core'

/** A branch that somebody wants on the target, as it stood when it was added. */
export interface EntrySpec {
  /** The idempotency key: adding it again is adding it once. */
  readonly id: string
  readonly kind: 'branch' | 'person' | 'revert'
  /** For people; what counts is `commit`. */
  readonly branch: string
  /** What is to land. For a revert: the commit of the target that is to be undone. */
  readonly commit: string
  /** The inputs commit that `commit` was built on, and so its merge base. Without one git's own base is taken. */
  readonly base?: string
  readonly target: string
  /** 0 first; an entry that a more urgent one waits for inherits its level. */
  readonly level: number
  /** Entries that must have landed before this one may. */
  readonly after: readonly string[]
  /** What it may change; entries of disjoint claims and checks of disjoint inputs are of different lanes. */
  readonly claims?: readonly Claim[]
  /** Names of checks that must pass on the would-be result. */
  readonly checks: readonly string[]
  /** Names of checks that are run and reported, but not required. */
  readonly advisory: readonly string[]
  /** Names of checks that run after the landing; a red one queues a revert. */
  readonly afterwards: readonly string[]
  readonly approve: 'auto' | 'manual'
  readonly method: LandingMethod
  /** A template: `{branch}`, `{target}`, `{id}`, `{subject}`, `{body}`. */
  readonly message?: string
  readonly trailers?: Readonly<Record<string, string>>
}

/** How a branch becomes part of the target. */
export type LandingMethod = 'merge' | 'squash' | 'rebase' | 'fast-forward'

/** What the machine has to know of a check; the driver knows how it is run. */
export interface CheckSpec {
  readonly name: string
  /** The only paths that it reads; its result belongs to the tree restricted to them. */
  readonly inputs?: readonly string[]
  /** How often a failure is tried again before it counts. */
  readonly retries: number
  /** Known to be flaky: its failures are reported, and do not count, until it is taken off the list. */
  readonly isQuarantined?: boolean
}

/** What binds every target of the queue. */
export interface QueueSettings {
  /** How many checks run at once. */
  readonly slots: number
  readonly checks: readonly CheckSpec[]
  /** Every entry is checked by itself, never several at once. */
  readonly testEach: boolean
  readonly policy: 'adaptive' | 'serial' | 'batch-bisect' | 'speculative'
  /** The longest prefix that is tested at once. */
  readonly maxBatch: number
  /** What a person's commits on a target must pass to be taken in. @default the names of `checks` */
  readonly personChecks?: readonly string[]
}

/** What holds until `queue.configure` says otherwise. */
export const defaultQueueSettings: QueueSettings = {
  slots: 2,
  checks: [],
  testEach: false,
  policy: 'adaptive',
  maxBatch: 32,
}
