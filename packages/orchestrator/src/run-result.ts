import {
  explainBreach,
  explainFailure,
  explainSkip,
  type RunState,
  type TaskState,
  type WorkstreamState,
} from '@ws/core'

/** How a run ended, or where it stands: its closing summary. */
export interface RunResult {
  readonly runId: string
  readonly status: RunState['status']
  /** Why it is paused, or that it waits for a person. */
  readonly reason?: string
  readonly counts: Readonly<Record<WorkstreamState['phase']['state'], number>>
  readonly workstreams: readonly WorkstreamResult[]
}

/** How a workstream ended, or where it stands. */
export interface WorkstreamResult {
  readonly id: string
  readonly status: WorkstreamState['phase']['state']
  readonly reason?: string
  readonly commit?: string
  readonly tasks: readonly TaskResult[]
}

/** How a task ended, or where it stands. */
export interface TaskResult {
  readonly id: string
  readonly status: TaskState['phase']['state']
  readonly attempts: number
  readonly commit?: string
  /** What went wrong, in one sentence. */
  readonly error?: string
}

/** The summary of a run, from the state. */
export function runResult(run: RunState): RunResult {
  const workstreams = [...run.workstreams.values()].map(workstreamResult)
  const counts = { PENDING: 0, RUNNING: 0, COMPLETED: 0, FAILED: 0, QUARANTINED: 0 }
  for (const { status } of workstreams) counts[status] += 1
  const reason = [...run.pauses].join(', ')
  return { runId: run.id, status: run.status, ...(reason === '' ? {} : { reason }), counts, workstreams }
}

function workstreamResult({ spec, phase, tasks }: WorkstreamState): WorkstreamResult {
  const commit = phase.state === 'COMPLETED' ? phase.commit : undefined
  return {
    id: spec.id,
    status: phase.state,
    ...('reason' in phase ? { reason: phase.reason } : {}),
    ...(phase.state === 'RUNNING' && phase.stage === 'landing' ? { reason: 'landing' } : {}),
    ...(commit === undefined ? {} : { commit }),
    tasks: tasks.map(taskResult),
  }
}

function taskResult({ id, phase, attempt }: TaskState): TaskResult {
  const error = errorOf(phase)
  const commit = phase.state === 'SUCCEEDED' ? phase.commit : undefined
  return {
    id,
    status: phase.state,
    attempts: attempt,
    ...(commit === undefined ? {} : { commit }),
    ...(error === undefined ? {} : { error }),
  }
}

function errorOf(phase: TaskState['phase']): string | undefined {
  if (phase.state === 'FAILED') return explainFailure(phase.failure)
  if (phase.state === 'QUARANTINED') return explainBreach(phase.breach)
  return phase.state === 'SKIPPED' ? explainSkip(phase.because) : undefined
}
