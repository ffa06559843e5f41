import { findWorkstreamCycle } from '../graph/workstream-cycle.ts'
import { allBases } from './bases.ts'
import type { RunMachineState, RunState, WorkstreamState } from './run-state.ts'
import { isClosed, isGone } from './run-state.ts'
import type { TaskSpec } from './run-spec.ts'

/** Workstreams that wait for one another: no order of landings would do. */
export function* problemsOfOrder(tasks: readonly TaskSpec[]): Generator<string> {
  if (tasks.every(({ needs, needsLanded }) => needs.length + needsLanded.length === 0)) return
  const firsts = new Map<string, string>()
  for (const { id, workstream } of tasks) if (!firsts.has(workstream)) firsts.set(workstream, id)
  const cycle = findWorkstreamCycle(
    tasks.map(({ id, workstream, needs, needsLanded }) => {
      if (needsLanded.length === 0) return { id, workstream, needs }
      return { id, workstream, needs: [...needs, ...needsLanded.flatMap((name) => firsts.get(name) ?? [])] }
    }),
  )
  if (cycle === undefined) return
  const edges = cycle.edges.map(({ from, to }) => `"${to}" needs "${from}"`)
  yield `workstreams wait for one another: ${cycle.workstreams.join(', ')} (${edges.join(', ')}); split one of them`
}

/**
 * Added tasks that would make what a holder of claims waits for wait for still others: those were not reckoned
 * with when the holder took its claims, so it could come to wait for one that waits for it.
 */
export function* problemsOfWaiting(
  state: RunMachineState,
  run: RunState,
  tasks: readonly TaskSpec[],
): Generator<string> {
  for (const task of tasks) {
    const workstream = run.workstreams.get(task.workstream)
    if (workstream === undefined) continue
    if (isStrandingOthers(run, workstream)) {
      yield `workstream "${workstream.spec.id}" was lost and others wait for what becomes of it; retry, release or discard it first`
      continue
    }
    if (!addsBase(run, workstream, task)) continue
    for (const holder of state.openHolders) {
      if (!allBases(holder).has(workstream)) continue
      const waits = `"${holder.key}" holds claims and waits for workstream "${workstream.spec.id}"`
      yield `task "${task.id}" makes others be waited for, while ${waits}; add it when that has landed`
      break
    }
  }
}

function isStrandingOthers(run: RunState, workstream: WorkstreamState): boolean {
  return run.stranded.size > 0 && isClosed(workstream) && !isGone(workstream)
}

function addsBase(run: RunState, workstream: WorkstreamState, { needs, needsLanded }: TaskSpec): boolean {
  const bases = needs.map((id) => run.tasks.get(id)?.workstream)
  for (const id of needsLanded) bases.push(run.workstreams.get(id))
  return bases.some(
    (base) =>
      base === undefined || (base !== workstream && !isGone(base) && !workstream.before.includes(base)),
  )
}
