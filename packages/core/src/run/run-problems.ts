import type { CommandAnswer } from '../machine/machine.ts'
import { problemsOfOrder, problemsOfWaiting } from './order-problems.ts'
import type { RunMachineState, RunState } from './run-state.ts'
import type { RunSpec, TaskSpec, WorkstreamSpec } from './run-spec.ts'

type Refusal = Extract<CommandAnswer, { ok: false }>

/** Ids become parts of keys and of ref names. */
const idPattern = /^[A-Za-z0-9][A-Za-z0-9._-]*$/

/**
 * Why a run cannot be started, all reasons at once. A plan was checked long before; this is the last door,
 * for those who write a `RunSpec` by hand.
 */
export function problemsOfRun(state: RunMachineState, run: RunSpec): Refusal | undefined {
  if (state.runs.has(run.id)) return refusal('WS_RUN_TAKEN', [`a run "${run.id}" exists already`])
  const problems = [...problemsOfParts(run.workstreams, run.tasks, new Map(), new Map())]
  if (!idPattern.test(run.id)) problems.unshift(badId('run', run.id))
  // With one task each, workstreams wait for one another only where tasks do.
  const areTasks = problems.length === 0 && run.workstreams.length === run.tasks.length
  if (!areTasks) problems.push(...problemsOfOrder(run.tasks))
  problems.push(...impossible(state, run.limits, run.tasks))
  return problems.length === 0 ? undefined : refusal('WS_RUN_INVALID', problems)
}

/** Why these cannot be added to a live run. */
export function problemsOfExtension(
  state: RunMachineState,
  run: RunState,
  workstreams: readonly WorkstreamSpec[],
  tasks: readonly TaskSpec[],
): Refusal | undefined {
  const problems = [
    ...problemsOfParts(workstreams, tasks, run.workstreams, run.tasks),
    ...problemsOfOrder([...run.spec.tasks, ...tasks]),
    ...problemsOfWaiting(state, run, tasks),
    ...impossible(state, run.spec.limits, tasks),
  ]
  return problems.length === 0 ? undefined : refusal('WS_RUN_INVALID', problems)
}

function* problemsOfParts(
  workstreams: readonly WorkstreamSpec[],
  tasks: readonly TaskSpec[],
  presentStreams: ReadonlyMap<string, unknown>,
  presentTasks: ReadonlyMap<string, unknown>,
): Generator<string> {
  const streams = new Set(presentStreams.keys())
  for (const { id } of workstreams) {
    if (!idPattern.test(id)) yield badId('workstream', id)
    if (streams.has(id)) yield `workstream "${id}" is there twice`
    streams.add(id)
  }
  const known = new Set(presentTasks.keys())
  for (const { id } of tasks) {
    if (!idPattern.test(id)) yield badId('task', id)
    if (known.has(id)) yield `task "${id}" is there twice`
    known.add(id)
  }
  for (const task of tasks) {
    if (!streams.has(task.workstream))
      yield `task "${task.id}" is of an unknown workstream "${task.workstream}"`
    for (const need of task.needs)
      if (!known.has(need)) yield `task "${task.id}" needs an unknown task "${need}"`
    for (const need of task.needsLanded) {
      if (!streams.has(need)) yield `task "${task.id}" needs an unknown workstream "${need}"`
      if (need === task.workstream) yield `task "${task.id}" waits for the landing of its own workstream`
    }
    if (task.kind === 'tool' && task.tools.length === 0) yield `task "${task.id}" names no tool`
  }
  yield* circles(tasks)
}

/** Tasks that can never be ready since they wait for one another, by what is left when all others are taken away. */
function* circles(tasks: readonly TaskSpec[]): Generator<string> {
  if (tasks.every(({ needs, needsLanded }) => needs.length + needsLanded.length === 0)) return
  const places = new Map<string, number>()
  const members = new Map<string, number[]>()
  const isLandingAwaited = tasks.some(({ needsLanded }) => needsLanded.length > 0)
  for (const [at, { id, workstream }] of tasks.entries()) {
    places.set(id, at)
    if (isLandingAwaited) push(members, workstream, at)
  }
  const waits = new Int32Array(tasks.length)
  const edges: (number[] | undefined)[] = Array.from({ length: tasks.length })
  const wait = (at: number, need: number): void => {
    waits[at]!++
    const next = edges[need]
    if (next === undefined) edges[need] = [at]
    else next.push(at)
  }
  for (const [at, { needs, needsLanded, workstream }] of tasks.entries()) {
    for (const id of needs) {
      const need = places.get(id)
      // What is not among these is there already, and waits for none of them.
      if (need !== undefined) wait(at, need)
    }
    for (const name of needsLanded) {
      if (name !== workstream) for (const need of members.get(name) ?? []) wait(at, need)
    }
  }
  const free: number[] = []
  for (const [at, count] of waits.entries()) if (count === 0) free.push(at)
  let left = tasks.length
  for (let at = free.pop(); at !== undefined; at = free.pop()) {
    left--
    for (const next of edges[at] ?? []) if (--waits[next]! === 0) free.push(next)
  }
  if (left === 0) return
  const stuck = tasks.filter((_, at) => waits[at]! > 0).map(({ id }) => id)
  yield `these tasks wait for one another, or for such: ${stuck.join(', ')}`
}

/** Tasks that demand more than there will ever be. */
function* impossible(
  state: RunMachineState,
  limits: Readonly<Record<string, number>>,
  tasks: readonly TaskSpec[],
): Generator<string> {
  for (const { id, uses, kind } of tasks) {
    if (kind === 'person') continue
    const demands = 'slots' in uses ? uses : { slots: 1, ...uses }
    for (const name in demands) {
      const demand = demands[name]!
      const capacity = Math.min(limits[name] ?? Infinity, state.limits[name] ?? Infinity)
      if (demand > capacity) yield `task "${id}" uses ${demand} of "${name}", of which there are ${capacity}`
      if (!(demand >= 0)) yield `task "${id}" uses ${demand} of "${name}"; expected 0 or more`
    }
  }
}

function push<T>(lists: Map<string, T[]>, key: string, item: T): void {
  const list = lists.get(key)
  if (list === undefined) lists.set(key, [item])
  else list.push(item)
}

function badId(kind: string, id: string): string {
  return `the ${kind} id "${id}" is not allowed: expected letters, digits, ".", "_" and "-"`
}

function refusal(code: string, problems: readonly string[]): Refusal {
  return { ok: false, code, message: problems.join('; ') }
}
