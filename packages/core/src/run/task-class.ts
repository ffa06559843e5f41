import type { Meter } from './meters.ts'
import type { AttemptState, RunMachineState, TaskState } from './run-state.ts'
import type { TaskSpec, ToolChoice } from './run-spec.ts'

/** What tasks of a run have in common that need the same tools and resources: what limits one limits all of them. */
export interface TaskClass {
  readonly kind: TaskSpec['kind']
  /** One for each tool that may still do it, the preferred one first; one without a tool for what needs none. */
  readonly ways: readonly Way[]
}

/** A tool that may do a task, and what an attempt with it takes. */
export interface Way {
  readonly tool: ToolChoice | undefined
  readonly demands: readonly Demand[]
}

/** An amount of a resource, with the meters that count it. */
export interface Demand {
  readonly amount: number
  readonly meter: Meter
  /** The run's own, where the run limits it. */
  readonly own: Meter | undefined
}

/** The tools that may still do the task: those that refused it are out; the last one never is. */
function usableTools({ spec, avoided }: Pick<TaskState, 'spec' | 'avoided'>): readonly ToolChoice[] {
  if (avoided.length === 0) return spec.tools
  return spec.tools.filter(({ tool }) => !avoided.includes(tool))
}

/** The class of a task: the same object for equal needs. */
export function classOf(
  state: Pick<RunMachineState, 'meters'>,
  task: Pick<TaskState, 'spec' | 'avoided' | 'run'>,
): TaskClass {
  const { run, spec } = task
  const tools = usableTools(task)
  const key = keyOf(spec, tools)
  let found = run.classes.get(key)
  if (found === undefined) {
    const choices = spec.kind === 'tool' ? tools : [undefined]
    const ways = choices.map((tool) => ({ tool, demands: demandsOf(state, task, tool) }))
    run.classes.set(key, (found = { kind: spec.kind, ways }))
  }
  return found
}

function keyOf({ kind, uses }: TaskSpec, tools: readonly ToolChoice[]): string {
  const demands = Object.keys(uses)
  if (tools.length === 0 && demands.length === 0) return kind
  return JSON.stringify([
    kind,
    tools.map(({ tool, account }) => [tool, account]),
    demands.sort().map((name) => [name, uses[name]]),
  ])
}

/** What a running attempt of the task takes. */
export function demandsOfAttempt(
  state: Pick<RunMachineState, 'meters'>,
  task: TaskState,
  { tool, account }: Pick<AttemptState, 'tool' | 'account'>,
): readonly Demand[] {
  const way = task.class.ways.find((each) => each.tool?.tool === tool && each.tool?.account === account)
  return way?.demands ?? demandsOf(state, task, { tool, account })
}

/** What an attempt takes of each named resource: a slot, its tool, its account, and what the task names. */
function demandsOf(
  state: Pick<RunMachineState, 'meters'>,
  { run, spec }: Pick<TaskState, 'run' | 'spec'>,
  choice: Pick<AttemptState, 'tool' | 'account'> | undefined,
): readonly Demand[] {
  if (spec.kind === 'person') return []
  const amounts = new Map(Object.entries({ slots: 1, ...spec.uses }))
  for (const name of new Set([choice?.tool, choice?.account]))
    if (name !== undefined) amounts.set(name, (amounts.get(name) ?? 0) + 1)
  return [...amounts].map(([name, amount]) => {
    const own = run.spec.limits[name] === undefined ? undefined : run.meters.of(name)
    return { amount, meter: state.meters.of(name), own }
  })
}
