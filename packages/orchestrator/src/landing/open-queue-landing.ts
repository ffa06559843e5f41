import type { Clock, Journal, RunMachineState } from '@ws/core'
import type { Leadership, Repository } from '@ws/git'
import { openMergeQueue } from '@ws/merge-queue'
import { allDefinitions } from './check-definitions.ts'
import { QueueLanding } from './queue-landing.ts'

/** What the queue stands on. */
export interface QueueLandingOptions {
  readonly repository: Repository
  readonly journal: Journal
  readonly clock: Clock
  readonly leadership: Leadership
  readonly look: () => RunMachineState
  /** Where `merge_queue.json` is written. */
  readonly file: string
  /** How many checks run at once. */
  readonly slots: number
}

/** The merge queue over the same log and under the same leadership. */
export function queueLanding({ look, ...rest }: QueueLandingOptions): QueueLanding {
  const checksOf = (runId: string) => look().runs.get(runId)?.spec.work?.checks ?? {}
  const open = async () => {
    const checks = Object.assign(
      {},
      ...[...look().runs.keys()].map((runId) => allDefinitions(checksOf(runId))),
    )
    const queue = await openMergeQueue({ ...rest, checks })
    queue.start()
    return queue
  }
  return new QueueLanding(open, checksOf)
}
