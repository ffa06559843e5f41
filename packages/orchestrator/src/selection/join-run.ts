import {
  type Plan,
  resolveRun,
  type ResolveRunOptions,
  type RunMachineState,
  type RunState,
  type TaskSpec,
  type WorkstreamSpec,
} from '@ws/core'
import { planKeyName, planKeyOf } from './plan-key.ts'

type Mode = NonNullable<ResolveRunOptions['mode']>

/** The run of a plan that is going on, if there is one: the newest. */
export function findGoing(state: RunMachineState, planKey: string, mode: Mode): RunState | undefined {
  return ofPlan(state, planKey, mode)
    .filter(({ status, isCancelling }) => status === 'RUNNING' && !isCancelling)
    .at(-1)
}

/** Tasks of a plan whose work has landed: what needs them begins with it. */
export function doneBefore(state: RunMachineState, planKey: string): ReadonlySet<string> {
  const done = new Set<string>()
  for (const { workstreams } of ofPlan(state, planKey, 'execute'))
    for (const { phase, tasks } of workstreams.values())
      if (phase.state === 'COMPLETED')
        for (const task of tasks) if (task.phase.state === 'SUCCEEDED') done.add(task.id)
  return done
}

/** Tasks that a plan may need without choosing them: their work has landed in earlier runs of it. */
export function landedBefore(state: RunMachineState, plan: Plan): ReadonlySet<string> {
  return doneBefore(state, planKeyOf(plan))
}

/** Ids that are there already. */
type Known = Pick<ReadonlyMap<string, unknown>, 'has'> & { keys(): Iterable<string> }

/** What a selection adds to a run of the same plan; what is there already is needed as it is, whatever its state. */
export function extensionOf(
  plan: Plan,
  run: { readonly tasks: Known; readonly workstreams: Known },
  options: ResolveRunOptions,
): { readonly workstreams: readonly WorkstreamSpec[]; readonly tasks: readonly TaskSpec[] } {
  const select = { ...options.select, done: [...(options.select?.done ?? []), ...run.tasks.keys()] }
  const wanted = resolveRun(plan, { ...options, select }).tasks.filter(({ id }) => !run.tasks.has(id))
  const { select: _, ...unselected } = options
  const whole = resolveRun(plan, unselected)
  const added = new Set(wanted.map(({ id }) => id))
  const names = new Set([...run.workstreams.keys(), ...wanted.map(({ workstream }) => workstream)])
  return {
    workstreams: whole.workstreams.filter(({ id }) => names.has(id) && !run.workstreams.has(id)),
    tasks: whole.tasks
      .filter(({ id }) => added.has(id))
      .map((task) => ({
        ...task,
        needs: task.needs.filter((id) => added.has(id) || run.tasks.has(id)),
        needsLanded: task.needsLanded.filter((id) => names.has(id)),
      })),
  }
}

function ofPlan(state: RunMachineState, planKey: string, mode: Mode): readonly RunState[] {
  return [...state.runs.values()].filter(
    ({ spec: { work } }) => work?.metadata[planKeyName] === planKey && work.mode === mode,
  )
}
