import type { Check, Clock, Journal, RunMachineState } from '@ws/core'
import { branchRef, type Leadership, type Repository } from '@ws/git'
import { type CheckCommandRunner, openMergeQueue } from '@ws/merge-queue'
import { allDefinitions, type CheckDefinitions, plainDefinitions } from './check-definitions.ts'
import type { HostChecks } from '../hosts/host-checks.ts'
import { environmentName } from './environment-mark.ts'
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
  /** Checks of the project, for entries that no run has brought. */
  readonly checks?: Readonly<Record<string, Check>>
  /** Runs the command of a check for one of these runs, where that is at home. @default in this process */
  readonly runCheck?: HostChecks['run']
  /** How many checks run at once. */
  readonly slots: number
  /** Below this no checkout for a check is made. @default 268435456 */
  readonly minFreeBytes?: number
}

/** The merge queue over the same log and under the same leadership. */
export function queueLanding({
  look,
  checks: ofProject = {},
  runCheck,
  minFreeBytes,
  ...rest
}: QueueLandingOptions): QueueLanding {
  const checksOf = (runId: string) => look().runs.get(runId)?.spec.work?.checks ?? {}
  const environmentOf = (runId: string) => {
    const environment = look().runs.get(runId)?.spec.work?.metadata[environmentName]
    return typeof environment === 'string' ? environment : undefined
  }
  /** Runs that mean a check by this name; none for what a person has brought. */
  const runsOf = (check: string) =>
    [...look().runs.keys()].filter((runId) => check in allDefinitions(checksOf(runId), environmentOf(runId)))
  const onCommand: CheckCommandRunner = async (command, signal) =>
    runCheck?.(command, runsOf(command.check), signal)
  const open = async (remote: string | undefined, told: CheckDefinitions) => {
    const checks = Object.assign(
      plainDefinitions(ofProject),
      told,
      ...[...look().runs.keys()].map((runId) => allDefinitions(checksOf(runId), environmentOf(runId))),
    )
    const generated = Object.assign(
      {},
      ...[...look().runs.values()].map(({ spec }) => spec.work?.generated ?? {}),
    )
    const queue = await openMergeQueue({
      ...{ ...rest, checks, generated, checkouts: minFreeBytes === undefined ? {} : { minFreeBytes } },
      ...(runCheck === undefined ? {} : { onCommand }),
      ...(remote === undefined ? {} : { remote: { name: remote, push: 'target' } }),
    })
    queue.start()
    return queue
  }
  const remoteOf = (runId: string) => {
    const remote = look().runs.get(runId)?.spec.work?.remote
    return remote?.push === 'target' ? remote.name : undefined
  }
  return new QueueLanding({
    open,
    checksOf,
    environmentOf,
    remoteOf,
    isBehind: () => isAnyBehind(rest.repository),
  })
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
