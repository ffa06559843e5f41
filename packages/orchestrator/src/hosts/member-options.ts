import type { AttemptEffect, Clock, Driver, RunInput } from '@ws/core'
import type { Leadership, Repository } from '@ws/git'
import type { AttemptDriver } from '../drivers/attempt-driver.ts'
import type { CheckRuns } from './check-runs.ts'
import type { ProcessIdentity } from '../platform/process-identity.ts'
import type { HostRecords } from './host-records.ts'
import type { LeadingParts } from './leading.ts'
import type { OwnMachine } from './seat.ts'
import type { LentJournal } from './told-events.ts'

/** What a process needs to be one of those that work on a repository. */
export interface MemberOptions {
  readonly repository: Repository
  readonly clock: Clock
  readonly machine: OwnMachine
  readonly self: ProcessIdentity
  readonly records: HostRecords
  readonly attempts: AttemptDriver
  /** Runs the checks of own runs, whoever leads. */
  readonly checks: CheckRuns
  /** Gives up the directories of rounds that were over before. */
  readonly tidy: () => Promise<void>
  /** Resolves when every directory is given up that may be. */
  readonly tidied: () => Promise<void>
  /** Joins where another leads, and lets others join. */
  readonly listen: boolean
  /** The host that works on any run, where nobody may join. */
  readonly hostId: string
  readonly limits: Readonly<Record<string, number>>
  /** Of the runs that are known, those that this process works on from the start. */
  readonly takesOn: (runs: readonly string[]) => readonly string[]
  /** Opens the log and what leading takes; nothing is recovered, and nothing acts yet. */
  readonly openLeading: (
    leadership: Leadership,
    attempts: Driver<AttemptEffect, RunInput>,
    othersLive: boolean,
  ) => Promise<LeadingParts>
  /** Reads what happened while nobody told us. */
  readonly readJournal: () => Promise<LentJournal>
}
