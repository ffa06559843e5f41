import type {
  AttemptEffect,
  OfTask,
  ReleasedWork,
  RunMachineState,
  TaskState,
  WorkstreamState,
} from '@ws/core'
import { invariant, type RunWork, type TaskWork, type WorkstreamWork } from '@ws/core'

/** Everything about an attempt that its run says, read off the state at its start. */
export interface AttemptFacts {
  readonly run: RunWork
  readonly workstream: WorkstreamWork
  readonly task: TaskWork
  readonly target: string
  readonly kind: TaskState['spec']['kind']
  readonly correlationId: string
  readonly claims: WorkstreamState['spec']['claims']
  /** Commits that the round is built on and that have not landed, in plan order. */
  readonly inputs: readonly string[]
  readonly released: readonly ReleasedWork[]
}

/** @throws `WS_RUN_WITHOUT_WORK` for a run that was written by hand, without what hosts need. */
export function attemptFacts(state: RunMachineState, { runId, taskId }: OfTask): AttemptFacts {
  const run = state.runs.get(runId)
  const found = run?.tasks.get(taskId)
  invariant(run !== undefined && found !== undefined, 'WS_ATTEMPT_UNKNOWN')
  const { workstream, spec } = found
  invariant(
    run.spec.work !== undefined && workstream.spec.work !== undefined && spec.work !== undefined,
    'WS_RUN_WITHOUT_WORK',
  )
  return {
    run: run.spec.work,
    workstream: workstream.spec.work,
    task: spec.work,
    target: workstream.spec.work.landing.target,
    kind: spec.kind,
    correlationId: run.spec.correlationId,
    claims: workstream.spec.claims,
    inputs: inputsOf(found),
    released: releasedOf(workstream),
  }
}

/** What an attempt asks of whoever makes its directory. */
export function toRequest(
  { runId, taskId, attempt, workstreamId, round }: OfDirectory,
  { run, workstream, task, claims, inputs, released, target, kind }: AttemptFacts,
  signal: AbortSignal,
) {
  return {
    ...{ runId, taskId, attempt, workstreamId, round },
    ...{ run, workstream, task, claims, inputs, released, target, signal },
    isPersons: kind === 'person',
  }
}

type OfDirectory = Pick<AttemptEffect, 'runId' | 'taskId' | 'attempt' | 'workstreamId' | 'round'>

/** What it needs or took over, as far as the target does not hold it yet. */
function inputsOf({ spec, run, workstream }: TaskState): string[] {
  const needed = spec.needs.map((id) => run.tasks.get(id)).filter((task) => task !== undefined)
  const bases = new Set([...needed.map((task) => task.workstream), ...workstream.tookOver])
  bases.delete(workstream)
  return [...bases].filter(({ phase }) => phase.state !== 'COMPLETED').flatMap(commitsOf)
}

function commitsOf({ tasks }: WorkstreamState): string[] {
  return tasks.flatMap(({ phase }) =>
    phase.state === 'SUCCEEDED' && phase.commit !== undefined ? [phase.commit] : [],
  )
}

/** What a person has released of a round. */
export function releasedOf({ tasks, round }: WorkstreamState): readonly ReleasedWork[] {
  return tasks.flatMap(({ spec: { work }, phase, round: own }) => {
    const isReleased = own === round && phase.state === 'SUCCEEDED' && phase.isReleased
    return isReleased && phase.commit !== undefined && work !== undefined
      ? [{ task: work, commit: phase.commit }]
      : []
  })
}
