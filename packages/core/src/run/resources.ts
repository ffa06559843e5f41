import type { RunMachineState, RunState, TaskState } from './run-state.ts'

/** What an attempt takes of each named resource: a slot, its tool, its account, and what the task names. */
export function demandsOf(
  task: TaskState,
  tool: string | undefined,
  account: string | undefined,
): Readonly<Record<string, number>> {
  if (task.spec.kind === 'person') return {}
  const demands: Record<string, number> = { slots: 1, ...task.spec.uses }
  if (tool !== undefined) demands[tool] = (demands[tool] ?? 0) + 1
  if (account !== undefined && account !== tool) demands[account] = (demands[account] ?? 0) + 1
  return demands
}

/** The first resource that has too little left, by the repository's limits or the run's own. */
export function lackingResource(
  state: RunMachineState,
  run: RunState,
  demands: Readonly<Record<string, number>>,
): string | undefined {
  for (const name in demands) {
    const demand = demands[name]!
    const global = state.limits[name]
    if (global !== undefined && (state.used.get(name) ?? 0) + demand > global) return name
    const own = run.spec.limits[name]
    if (own !== undefined && (state.used.get(`${run.id}:${name}`) ?? 0) + demand > own) return name
  }
  return undefined
}

/** Takes (1) or gives back (-1) demands; what has a limit of the run's is counted for the run as well. */
export function addUse(
  state: RunMachineState,
  runId: string,
  demands: Readonly<Record<string, number>>,
  by: 1 | -1,
): void {
  for (const name in demands) {
    const amount = by * demands[name]!
    state.used.set(name, (state.used.get(name) ?? 0) + amount)
    if (state.runs.get(runId)?.spec.limits[name] === undefined) continue
    const own = `${runId}:${name}`
    state.used.set(own, (state.used.get(own) ?? 0) + amount)
  }
}
