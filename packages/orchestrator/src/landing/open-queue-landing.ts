import type { Clock, Journal, RunMachineState } from '@ws/core'
import { branchRef, type Leadership, type Repository } from '@ws/git'
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
  const open = async (remote: string | undefined) => {
    const checks = Object.assign(
      {},
      ...[...look().runs.keys()].map((runId) => allDefinitions(checksOf(runId))),
    )
    const generated = Object.assign(
      {},
      ...[...look().runs.values()].map(({ spec }) => spec.work?.generated ?? {}),
    )
    const queue = await openMergeQueue({
      ...{ ...rest, checks, generated },
      ...(remote === undefined ? {} : { remote: { name: remote, push: 'target' } }),
    })
    queue.start()
    return queue
  }
  const remoteOf = (runId: string) => {
    const remote = look().runs.get(runId)?.spec.work?.remote
    return remote?.push === 'target' ? remote.name : undefined
  }
  return new QueueLanding({ open, checksOf, remoteOf, isBehind: () => isAnyBehind(rest.repository) })
}

async function isAnyBehind(repository: Repository): Promise<boolean> {
  const landed = await repository.listRefs(landedPrefix)
  const heads = await Promise.all(
    landed.map(({ name }) => repository.lookUp(branchRef(name.slice(landedPrefix.length)))),
  )
  // A branch that is gone, or went on from there, is looked at by whoever lands on it next.
  return landed.some(({ id }, index) => heads[index] !== undefined && heads[index] !== id)
}

const landedPrefix = 'refs/ws/landed/'
