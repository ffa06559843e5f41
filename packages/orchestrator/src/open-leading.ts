import { join } from 'node:path'
import {
  type AttemptEffect,
  type Driver,
  type Journal,
  loadHost,
  type RunInput,
  type RunMachineState,
  WsError,
} from '@ws/core'
import { freeBytes, type Leadership, type Repository } from '@ws/git'
import { openSqliteJournal } from '@ws/store'
import type { Acting } from './acting.ts'
import { LandingDriver, type RoundStand } from './drivers/landing-driver.ts'
import { RunDriver } from './drivers/run-driver.ts'
import { FileWriter } from './files/file-writer.ts'
import { HostChecks } from './hosts/host-checks.ts'
import type { LeadingParts } from './hosts/leading.ts'
import type { OwnMachine } from './hosts/seat.ts'
import { ConflictRadar } from './landing/conflict-radar.ts'
import { queueLanding } from './landing/open-queue-landing.ts'
import { Registry } from './registered/registry.ts'
import { WorkLog } from './records/work-log.ts'
import { Opened } from './opened.ts'
import type { ResolvedOptions } from './orchestrator-options.ts'
import { DiskGauge } from './workspaces/disk-gauge.ts'
import type { RunFolders } from './run-folders.ts'

/** What leading works with. */
export interface LeadingSurroundings {
  readonly repository: Repository
  readonly folders: RunFolders
  readonly machine: OwnMachine
  readonly acting: Acting
  readonly leadership: Leadership
  readonly attempts: Driver<AttemptEffect, RunInput>
}

/** The log of a repository, where the caller brings none. */
export function openJournal({ facts }: Repository): Promise<Journal & AsyncDisposable> {
  return openSqliteJournal({ path: join(facts.wsDir, 'journal.db') })
}

/** Opens what the leader alone has: the log, the run machine's host, the merge queue, the files for people. */
export async function openLeading(
  options: ResolvedOptions,
  { repository, folders, machine, acting, leadership, attempts }: LeadingSurroundings,
): Promise<LeadingParts> {
  const { clock } = options
  const opened = new Opened()
  try {
    const journal = options.journal ?? opened.use(await openJournal(repository))
    for (const stream of [machine.stream, 'queue']) clock.startFrom(await lastMoment(journal, stream))
    const look = (): RunMachineState => host.state
    const workLog = new WorkLog({ journal, clock, epoch: leadership.epoch })
    opened.defer(() => workLog.close())
    const registry = new Registry({ journal, clock, epoch: leadership.epoch })
    opened.defer(() => registry.close())
    const checks = new HostChecks({ clock, own: acting.checks, isOwn: acting.isOwn })
    const queue = queueLanding({
      ...{ repository, journal, clock, leadership, look },
      runCheck: (command, runIds, signal) => checks.run(command, runIds, signal),
      file: join(folders.root, 'merge_queue.json'),
      slots: 2,
      checks: options.checks,
      minFreeBytes: options.minFreeBytes,
    })
    const landing = options.landing ?? queue
    opened.defer(() => landing.close())
    const landings = new LandingDriver({
      landing,
      clock,
      look,
      stand: async (of, released, rules): Promise<RoundStand | undefined> =>
        acting.worktrees.standWith(of, released, rules),
    })
    const host = await loadHost(machine, {
      journal,
      clock,
      epoch: leadership.epoch,
      driver: new RunDriver(attempts, landings),
    })
    const radar = new ConflictRadar({
      repository,
      look,
      stand: (of) => acting.worktrees.stand(of),
      tell: (input) => void host.send(input).catch(() => {}),
    })
    host.events.on('*', ({ event }) => radar.hear(event))
    opened.defer(() => radar.close())
    const gauge = new DiskGauge(
      {
        paths: [acting.worktrees.root, repository.facts.wsDir],
        minFreeBytes: options.minFreeBytes,
        freeBytes,
        clock,
        tell: (isLow) => void host.send({ type: 'disk.measured', isLow }).catch(() => {}),
      },
      host.state.isDiskLow,
    )
    opened.defer(() => gauge.close())
    // Before anything is started.
    await gauge.measure()
    const files = new FileWriter({ journal, directory: folders.root, stored: () => workLog.close() })
    host.events.on('*', ({ event }) => files.hear(event))
    opened.defer(() => files.close())
    opened.defer(() => acting.tidier.close())
    opened.defer(() => host.close())
    return {
      host,
      journal,
      checks,
      writeFiles: (runs) => files.write(runs),
      seen: (event) => workLog.write(event),
      register: (change) => registry.change(change),
      order: (order) => {
        if (options.landing === undefined) return queue.order(order)
        throw new WsError('WS_ORCHESTRATOR_OPTIONS', 'this process lands elsewhere than in the merge queue', {
          hint: 'ask whoever lands for it',
        })
      },
      follow: options.landing === undefined ? () => queue.follow() : () => Promise.resolve(),
      close: () => opened.close(),
    }
  } catch (error) {
    await opened.close()
    throw error
  }
}

/** When a stream was last written, by whatever clock. */
async function lastMoment(journal: Journal, stream: string): Promise<number> {
  const { version } = await journal.head(stream)
  let last = 0
  for await (const { inputs } of journal.read({ stream, afterVersion: Math.max(0, version - 1) }))
    last = inputs.at(-1)?.at ?? last
  return last
}
