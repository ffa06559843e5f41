import { type RunMachineState, type RunState, type TaskState, toolKey } from '@ws/core'

/** Of which workstream's tasks is asked. */
export interface OfWorkstream {
  readonly runId: string
  readonly workstreamId: string
}

/** How many tasks of a workstream are still to be done by a tool, one of them left out. */
export type WaitingTasks = (
  of: OfWorkstream,
  which: { readonly tool: string; readonly except?: string },
) => number

/** Counts them in the state of the run machine, as it is when asked. */
export function waitingTasks(look: () => RunMachineState): WaitingTasks {
  return ({ runId, workstreamId }, { tool, except }) => {
    const run = look().runs.get(runId)
    if (run === undefined || ended.includes(run.status)) return 0
    const key = toolKey(tool)
    const tasks = run.workstreams.get(workstreamId)?.tasks ?? []
    return tasks.filter(
      ({ id, phase, spec }) =>
        id !== except && open.includes(phase.state) && spec.tools.some((each) => toolKey(each.tool) === key),
    ).length
  }
}

const open: readonly TaskState['phase']['state'][] = ['PENDING', 'READY', 'RUNNING']
const ended: readonly RunState['status'][] = ['COMPLETED', 'FAILED', 'CANCELLED']
