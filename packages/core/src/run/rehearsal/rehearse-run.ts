import { isTerminal } from '../run-state.ts'
import type { RunMachineState, RunState, TaskState } from '../run-state.ts'
import { rehearse } from './rehearse.ts'
import { byWeight } from './stage.ts'
import { stageOf } from './stage-of.ts'

/**
 * Plans above this keep the plain order. The budget is then spent before two orders are weighed, and to prepare a stage
 * takes time that no budget counts.
 */
const mostTasks = 2_000

/**
 * Rehearses a run whose tasks are in the plain order, and orders them by what came of it, or by the weights that are
 * known. What has ended takes no time any more: a run to which something was added is rehearsed from about where it
 * stands.
 */
export function rehearseRun(
  state: Pick<RunMachineState, 'limits' | 'claims'>,
  run: RunState,
  known: RunState['weights'],
): void {
  run.weights = undefined
  if (run.tasks.size > mostTasks) return
  const tasks = [...run.tasks.values()]
  const weights = known ?? weightsOf(state, run, tasks)
  run.weights = weights
  for (const task of tasks) task.criticalMs = weights[task.index]!
}

function weightsOf(
  { limits, claims }: Pick<RunMachineState, 'limits' | 'claims'>,
  { spec, workstreams }: RunState,
  tasks: readonly TaskState[],
): readonly number[] {
  const plain = tasks.map(({ criticalMs }) => criticalMs)
  const stage = stageOf(spec, {
    durations: durationsOf(tasks),
    contention: spec.workstreams.map(({ id }) => workstreams.get(id)!.contention),
    capacities: lower(limits, spec.limits),
    ignoreCase: claims.ignoreCase,
  })
  if (stage === undefined) return plain
  const { weights } = rehearse(stage, plain)
  return weights === undefined ? plain : handOut(plain, byWeight(stage, weights))
}

/**
 * The plain weights again, the heaviest to whom the better ones put first, and each a little above the next: they are
 * compared with those of other runs as well, where better ones of another scale would win or lose every time.
 */
function handOut(plain: readonly number[], better: (a: number, b: number) => number): readonly number[] {
  const order = [...plain.keys()].sort(better)
  const heaviest = plain.toSorted((a, b) => b - a)
  const weights = [...plain]
  for (const [place, task] of order.entries()) {
    weights[task] = heaviest[place]! + (plain.length - place) / (plain.length + 1)
  }
  return weights
}

/** As estimated; of what nobody has estimated, as long as the others take on average. */
function durationsOf(tasks: readonly TaskState[]): readonly number[] {
  const known = tasks.map(({ estimateMs }) => estimateMs).filter((ms) => ms > 0)
  const mean = known.length === 0 ? 1 : known.reduce((a, b) => a + b) / known.length
  return tasks.map((task) => {
    if (isTerminal(task)) return 0
    return task.estimateMs > 0 || task.spec.estimateMs === 0 ? task.estimateMs : mean
  })
}

function lower(
  some: Readonly<Record<string, number>>,
  others: Readonly<Record<string, number>>,
): Readonly<Record<string, number>> {
  const limits: Record<string, number> = { ...some }
  for (const [name, limit] of Object.entries(others)) limits[name] = Math.min(limit, limits[name] ?? limit)
  return limits
}
