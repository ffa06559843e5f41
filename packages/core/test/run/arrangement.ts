import type { RunMachineState } from '../../src/run/run-state.ts'

/** How the ready tasks lie: what is offered, and what became of each: for comparing two states. */
export function arrangement({ ready, runs }: RunMachineState): unknown {
  return {
    offers: [...ready.offers()].map(({ head }) => `${head?.run.id}/${head?.id}`).sort(),
    tasks: [...runs.values()].flatMap(({ id, tasks }) =>
      [...tasks.values()].flatMap(({ id: taskId, group }) => {
        if (group === undefined) return []
        return {
          task: `${id}/${taskId}`,
          first: group.first.id,
          parkedBehind: group.parkedBehind,
          isHidden: group.line?.hides(group) === true,
          isOffered: group.heap === group.cls.offered,
        }
      }),
    ),
  }
}
