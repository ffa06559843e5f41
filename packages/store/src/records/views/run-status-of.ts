import { explainPause } from '@ws/core'
import { toIsoTime } from '../../platform/iso-time.ts'
import type { RunFacts, TaskFacts, WorkstreamFacts } from '../fold/records-state.ts'
import type { RunStatusFile } from '../shapes/run-status-file.ts'
import { tasksByWorkstream } from './task-facts.ts'

/** Where a run stands, as `run_status.json` says it. */
export function runStatusOf(run: RunFacts): RunStatusFile {
  const tasks = tasksByWorkstream(run)
  const reason = reasonOf(run)
  return {
    run_id: run.id,
    status: run.status,
    correlation_id: run.spec.correlationId,
    ...(reason === undefined ? {} : { reason }),
    updated_at: toIsoTime(run.updatedAt ?? run.startedAt),
    workstreams: Object.fromEntries(
      [...run.workstreams.values()].map((workstream) => [
        workstream.id,
        countsOf(workstream, tasks.get(workstream.id) ?? []),
      ]),
    ),
  }
}

/** Why it is paused, in words. */
export function reasonOf({ pauses, waits }: RunFacts): string | undefined {
  if (pauses.length === 0) return undefined
  return pauses.map((reason) => explainPause(reason, waits)).join('; ')
}

function countsOf(
  { status }: WorkstreamFacts,
  tasks: readonly TaskFacts[],
): RunStatusFile['workstreams'][string] {
  const count = (...states: readonly TaskFacts['status'][]) =>
    tasks.filter((task) => states.includes(task.status)).length
  return {
    status,
    pending: count('PENDING', 'READY'),
    running: count('RUNNING'),
    succeeded: count('SUCCEEDED'),
    failed: count('FAILED'),
    quarantined: count('QUARANTINED'),
    skipped: count('SKIPPED'),
  }
}
