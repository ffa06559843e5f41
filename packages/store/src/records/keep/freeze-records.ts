import type { QueueFacts, RecordsState, RunFacts, TaskFacts, WorkstreamFacts } from '../fold/records-state.ts'

/** What is kept of the facts besides runs and the ledger, which have rows of their own. */
interface FrozenCommon {
  readonly seq: number
  readonly at: number
  readonly limits: RecordsState['limits']
  readonly tools: [string, NonNullable<ReturnType<RecordsState['tools']['get']>>][]
  readonly registry: [string, NonNullable<ReturnType<RecordsState['registry']['get']>>][]
  readonly notes: [string, Readonly<Record<string, unknown>>][]
  readonly roadmap: [string, NonNullable<ReturnType<RecordsState['roadmap']['get']>>][]
  readonly queue: {
    readonly entries: [string, NonNullable<ReturnType<QueueFacts['entries']['get']>>][]
    readonly running: [string, NonNullable<ReturnType<QueueFacts['running']['get']>>][]
    readonly checks: [string, { ran: number; passed: number }][]
    readonly lastOrder: number
  }
}

/** A run's facts with each specification once. */
type FrozenRun = Omit<RunFacts, 'tasks' | 'workstreams'> & {
  readonly tasks: readonly Omit<TaskFacts, 'spec'>[]
  readonly workstreams: readonly Omit<WorkstreamFacts, 'spec'>[]
}

export function freezeCommon(state: RecordsState): string {
  const { seq, at, limits, tools, registry, notes, roadmap, queue } = state
  const frozen: FrozenCommon = {
    seq,
    at,
    limits,
    tools: [...tools],
    registry: [...registry],
    notes: [...notes],
    roadmap: [...roadmap],
    queue: {
      entries: [...queue.entries],
      running: [...queue.running],
      checks: [...queue.checks],
      lastOrder: queue.lastOrder,
    },
  }
  return JSON.stringify(frozen)
}

/** What `freezeCommon` was given, without runs and ledger. */
export function thawCommon(text: string): RecordsState {
  // Written by `freezeCommon` of the same version of these tables.
  const frozen = JSON.parse(text) as FrozenCommon
  return {
    seq: frozen.seq,
    at: frozen.at,
    limits: frozen.limits,
    runs: new Map(),
    ledger: [],
    tools: new Map(frozen.tools),
    registry: new Map(frozen.registry),
    notes: new Map(frozen.notes),
    roadmap: new Map(frozen.roadmap),
    queue: {
      entries: new Map(frozen.queue.entries),
      running: new Map(frozen.queue.running),
      checks: new Map(frozen.queue.checks),
      lastOrder: frozen.queue.lastOrder,
    },
  }
}

export function freezeRun({ tasks, workstreams, ...run }: RunFacts): string {
  const frozen: FrozenRun = {
    ...run,
    tasks: Array.from(tasks.values(), ({ spec: _spec, ...task }) => task),
    workstreams: Array.from(workstreams.values(), ({ spec: _spec, ...workstream }) => workstream),
  }
  return JSON.stringify(frozen)
}

export function thawRun(text: string): RunFacts {
  // Written by `freezeRun` of the same version of these tables.
  const { tasks, workstreams, ...run } = JSON.parse(text) as FrozenRun
  const taskSpecs = new Map(run.spec.tasks.map((spec) => [spec.id, spec]))
  const workstreamSpecs = new Map(run.spec.workstreams.map((spec) => [spec.id, spec]))
  return {
    ...run,
    tasks: new Map(tasks.map((task) => [task.id, { ...task, spec: taskSpecs.get(task.id)! }])),
    workstreams: new Map(
      workstreams.map((workstream) => [
        workstream.id,
        { ...workstream, spec: workstreamSpecs.get(workstream.id)! },
      ]),
    ),
  }
}
