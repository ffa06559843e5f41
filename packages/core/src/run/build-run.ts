import { appended, noItems } from './appended.ts'
import { rivalryOf } from './contention.ts'
import { measureDepths } from './measure-depths.ts'
import { Meters } from './meters.ts'
import { rehearseRun } from './rehearsal/rehearse-run.ts'
import type { RunEvent } from './run-event.ts'
import type { RunMachineState, RunState, TaskState, WorkstreamState } from './run-state.ts'
import type { TaskSpec, WorkstreamSpec } from './run-spec.ts'
import { classOf } from './task-class.ts'

type Started = Extract<RunEvent, { type: 'run.started' }>
type Extended = Extract<RunEvent, { type: 'run.extended' }>

const pending = { state: 'PENDING' } as const

/** Half an hour: what is a constant for each task must not age within the time of an ordinary wait. */
const leastStepMs = 30 * 60_000

/** Makes the live run that a `run.started` describes. */
export function buildRun(
  state: RunMachineState,
  { run: spec, estimates }: Started,
  at: number,
  weights?: RunState['weights'],
): RunState {
  const run: RunState = {
    id: spec.id,
    spec,
    startedAt: at,
    tasks: new Map(),
    lately: undefined,
    workstreams: new Map(),
    meters: new Meters(spec.limits),
    classes: new Map(),
    status: 'RUNNING',
    pauses: new Set(),
    waits: [],
    isCancelling: false,
    cancelledBecause: undefined,
    stepMs: leastStepMs,
    lowerBoundMs: 0,
    weights: undefined,
    running: 0,
    landing: new Set(),
    retrying: 0,
    persons: new Set(),
    held: new Set(),
    stranded: new Set(),
    open: 0,
  }
  addTo(state, run, { ...spec, tasks: spec.tasks.map((task) => ({ task, round: 1 })), estimates })
  rehearseRun(state, run, weights)
  return run
}

/** Adds workstreams and tasks to a live run; paths and bounds are computed anew. */
export function extendRun(state: RunMachineState, run: RunState, event: Extended): void {
  run.spec = {
    ...run.spec,
    workstreams: [...run.spec.workstreams, ...event.workstreams],
    tasks: [...run.spec.tasks, ...event.tasks.map(({ task }) => task)],
  }
  addTo(state, run, event)
  rehearseRun(state, run, undefined)
  state.ready.rerank(run)
}

function addTo(
  state: RunMachineState,
  run: RunState,
  { workstreams, tasks, estimates }: Pick<Extended, 'workstreams' | 'tasks' | 'estimates'>,
): void {
  for (const spec of workstreams) {
    run.workstreams.set(spec.id, newWorkstream(run, spec))
    run.open++
  }
  const rivalry = rivalryOf(run.spec.workstreams, { ignoreCase: state.claims.ignoreCase })
  for (const [at, { id }] of run.spec.workstreams.entries()) {
    const workstream = run.workstreams.get(id)!
    workstream.contention = rivalry.counts[at]!
    workstream.hotClaim = rivalry.hotClaims[at]
    workstream.claimsKey = rivalry.keys[at]
  }
  const added = tasks.map(({ task, round }, i) =>
    newTask(state, run, task, round, run.tasks.size + i, estimates),
  )
  for (const task of added) {
    run.tasks.set(task.id, task)
    task.workstream.tasks = appended(task.workstream.tasks, task)
    if (task.round === task.workstream.round) task.workstream.unfinished++
  }
  for (const task of added) link(run, task)
  measureDepths(run)
  rankTasks(run)
  run.lowerBoundMs = lowerBoundMs(run, state.limits['slots'])
  run.stepMs = Math.max(leastStepMs, run.lowerBoundMs)
}

function newWorkstream(run: RunState, spec: WorkstreamSpec): WorkstreamState {
  return {
    key: workstreamKey(run.id, spec.id),
    run,
    spec,
    tasks: noItems,
    phase: pending,
    round: 1,
    isStarted: false,
    hasCommits: false,
    strandedBy: undefined,
    running: 0,
    queued: 0,
    unfinished: 0,
    before: noItems,
    after: noItems,
    depth: 0,
    tookOver: noItems,
    heirs: noItems,
    awaited: noItems,
    contention: 0,
    hotClaim: undefined,
    isBarrier: false,
    landingAttempt: 0,
    inheritedLevel: undefined,
    groups: noItems,
    claimsKey: undefined,
  }
}

function newTask(
  state: RunMachineState,
  run: RunState,
  spec: TaskSpec,
  round: number,
  index: number,
  estimates: Started['estimates'],
): TaskState {
  const workstream = run.workstreams.get(spec.workstream)!
  const estimate = estimates[spec.id]
  return {
    id: spec.id,
    spec,
    run,
    workstream,
    index,
    phase: pending,
    round,
    attempt: 0,
    retriesSpent: 0,
    lostInRow: 0,
    throttledInRow: 0,
    settled: noItems,
    avoided: noItems,
    priority: spec.priority,
    level: undefined,
    startsAtReady: 0,
    estimateMs: estimate?.ms ?? 0,
    estimateUsd: estimate?.usd ?? 0,
    unmet: 0,
    dependents: noItems,
    class: classOf(state, { run, spec, avoided: noItems }),
    group: undefined,
    criticalMs: 0,
  }
}

function link(run: RunState, task: TaskState): void {
  for (const id of task.spec.needs) {
    const need = run.tasks.get(id)!
    need.dependents = appended(need.dependents, task)
    if (need.phase.state !== 'SUCCEEDED') task.unmet++
    if (need.workstream !== task.workstream) order(need.workstream, task.workstream)
  }
  for (const id of task.spec.needsLanded) {
    const need = run.workstreams.get(id)!
    need.awaited = appended(need.awaited, task)
    if (need.phase.state !== 'COMPLETED') task.unmet++
    order(need, task.workstream)
  }
}

function order(before: WorkstreamState, after: WorkstreamState): void {
  const isShorter = before.after.length < after.before.length
  if (isShorter ? before.after.includes(after) : after.before.includes(before)) return
  before.after = appended(before.after, after)
  after.before = appended(after.before, before)
}

/** Gives each task the weight of the heaviest path from it to the end, by pinned estimates. */
function rankTasks(run: RunState): void {
  /** How much has to be ranked before a task, or before the landing of a workstream. */
  const waiting = new Map<TaskState | WorkstreamState, number>()
  /** The heaviest path from each landing that is waited for. */
  const landings = new Map<WorkstreamState, number>()
  const ranked: TaskState[] = []
  for (const task of run.tasks.values()) {
    const { dependents, workstream } = task
    task.criticalMs = task.estimateMs
    const isAwaited = workstream.awaited.length > 0
    if (isAwaited) waiting.set(workstream, workstream.awaited.length)
    const after = dependents.length + Number(isAwaited)
    if (after === 0) ranked.push(task)
    else waiting.set(task, after)
  }
  const precede = (task: TaskState, ms: number): void => {
    task.criticalMs = Math.max(task.criticalMs, task.estimateMs + ms)
    const left = waiting.get(task)! - 1
    waiting.set(task, left)
    if (left === 0) ranked.push(task)
  }
  for (let task = ranked.pop(); task !== undefined; task = ranked.pop()) {
    const { spec, criticalMs } = task
    for (const id of spec.needs) precede(run.tasks.get(id)!, criticalMs)
    for (const id of spec.needsLanded) {
      const base = run.workstreams.get(id)!
      const ms = Math.max(landings.get(base) ?? 0, criticalMs)
      landings.set(base, ms)
      const left = waiting.get(base)! - 1
      waiting.set(base, left)
      if (left === 0) for (const before of base.tasks) precede(before, ms)
    }
  }
}

function lowerBoundMs(run: RunState, slots: number | undefined): number {
  const capacity = Math.min(
    slots ?? Number.POSITIVE_INFINITY,
    run.spec.limits['slots'] ?? Number.POSITIVE_INFINITY,
  )
  let work = 0
  let longest = 0
  for (const task of run.tasks.values()) {
    if (task.spec.kind !== 'person') work += task.estimateMs
    longest = Math.max(longest, task.criticalMs)
  }
  return Math.max(longest, work / capacity)
}

function workstreamKey(runId: string, workstreamId: string): string {
  return `${runId}/${workstreamId}`
}
