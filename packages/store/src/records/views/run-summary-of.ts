import { toIsoTime } from '../../platform/iso-time.ts'
import type { RunFacts, TaskFacts, WorkstreamFacts } from '../fold/records-state.ts'
import type { RunSummary } from '../shapes/run-result-shape.ts'
import { reasonOf } from './run-status-of.ts'
import { costOf, errorOf, tasksByWorkstream } from './task-facts.ts'

type WorkstreamSummary = RunSummary['workstreams'][number]

/** How a run ended, or where it stands: what is printed when it is over. */
export function runSummaryOf(run: RunFacts): RunSummary {
  const tasks = tasksByWorkstream(run)
  const workstreams = [...run.workstreams.values()].map((workstream) =>
    summaryOf(workstream, tasks.get(workstream.id) ?? []),
  )
  const counts = { PENDING: 0, RUNNING: 0, COMPLETED: 0, FAILED: 0, QUARANTINED: 0 }
  for (const { status } of workstreams) counts[status] += 1
  const reason = reasonOf(run)
  return {
    runId: run.id,
    status: run.status,
    ...(reason === undefined ? {} : { reason }),
    counts,
    workstreams,
  }
}

function summaryOf(workstream: WorkstreamFacts, tasks: readonly TaskFacts[]): WorkstreamSummary {
  const { id, status, startedAt, endedAt, commit } = workstream
  const reason = workstream.reason ?? (workstream.stage === 'landing' ? 'landing' : undefined)
  const failed = tasks.find((task) => task.status === 'FAILED' || task.status === 'QUARANTINED')
  const error = failed === undefined ? undefined : errorOf(failed)
  const exitCode = failed === undefined ? undefined : exitCodeOf(failed)
  return {
    id,
    status,
    startedAt: startedAt === undefined ? null : toIsoTime(startedAt),
    endedAt: endedAt === undefined ? null : toIsoTime(endedAt),
    durationMs: startedAt === undefined || endedAt === undefined ? null : endedAt - startedAt,
    ...(exitCode === undefined ? {} : { exitCode }),
    ...(reason === undefined ? {} : { reason }),
    ...(error === undefined ? {} : { error }),
    ...(commit === undefined ? {} : { commit }),
    costUsd: costOf(tasks),
    tasks: tasks.map(taskSummary),
  }
}

function taskSummary(task: TaskFacts): WorkstreamSummary['tasks'][number] {
  const error = errorOf(task)
  return {
    id: task.id,
    status: task.status,
    attempts: task.attempts.length,
    ...(task.commit === undefined ? {} : { commit: task.commit }),
    ...(error === undefined ? {} : { error }),
  }
}

function exitCodeOf({ problem }: TaskFacts): number | undefined {
  return problem?.kind === 'failure' && problem.failure.reason === 'exited'
    ? problem.failure.exitCode
    : undefined
}
