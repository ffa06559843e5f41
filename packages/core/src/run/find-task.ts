import type { OfTask, OfWorkstream } from './run-input.ts'
import type { RunMachineState, TaskState, WorkstreamState } from './run-state.ts'

/** The task that an input or an event names. */
export function findTask(state: RunMachineState, { runId, taskId }: OfTask): TaskState | undefined {
  const run = state.runs.get(runId)
  if (run === undefined || run.lately?.id === taskId) return run?.lately
  const task = run.tasks.get(taskId)
  run.lately = task
  return task
}

/** The workstream that an input or an event names. */
export function findWorkstreamOf(
  state: RunMachineState,
  { runId, workstreamId }: OfWorkstream,
): WorkstreamState | undefined {
  const run = state.runs.get(runId)
  if (run?.lately?.workstream.spec.id === workstreamId) return run.lately.workstream
  const workstream = run?.workstreams.get(workstreamId)
  // Mostly its next word is of its first task.
  if (run !== undefined) run.lately = workstream?.tasks[0]
  return workstream
}
