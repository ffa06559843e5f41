import { makeReady, settleWorkstream } from './decide-workstream.ts'
import type { RunEvent } from './run-event.ts'
import type { RunMachineState, RunState, TaskState, WorkstreamState } from './run-state.ts'
import { isClosed, isGone, isTerminal } from './run-state.ts'

/** Tries a task again, with what it needs that did not succeed and what was skipped because of it. */
export function* reviveTask(state: RunMachineState, task: TaskState): Generator<RunEvent> {
  yield* revive(state, task.run, withTask(task), 'workstream.reopened', undefined)
}

/** What would be tried again with the task. */
export function withTask(task: TaskState): ReadonlySet<TaskState> {
  const revived = new Set<TaskState>()
  collectNeeds(task, revived)
  for (const each of [...revived]) collectSkipped(each, revived)
  return revived
}

/** What would be tried again with the workstream. */
export function withWorkstream(workstream: WorkstreamState): ReadonlySet<TaskState> {
  const revived = new Set<TaskState>()
  for (const task of workstream.tasks)
    if (task.round >= workstream.round && isLost(task)) collectNeeds(task, revived)
  for (const each of [...revived]) collectSkipped(each, revived)
  collectBaseless(workstream, revived)
  return revived
}

/**
 * A workstream that cannot take back what it lost until its round is over: one on its way to the target, or
 * one at work that would come to wait for others while it holds its claims.
 */
export function findBusy(tasks: Iterable<TaskState>): WorkstreamState | undefined {
  for (const task of tasks) {
    const { workstream, run, spec } = task
    if (workstream.phase.state === 'RUNNING' && workstream.phase.stage === 'landing') return workstream
    if (!isAtWork(task)) continue
    const waits = spec.needs
      .map((id) => run.tasks.get(id)!)
      .some((need) => need.workstream !== workstream && isLost(need))
    if (waits || spec.needsLanded.some((id) => !isLanded(run, id))) return workstream
  }
  return undefined
}

/** Tries a workstream again whose tasks, or whose landing, did not succeed. */
export function* retryWorkstream(state: RunMachineState, workstream: WorkstreamState): Generator<RunEvent> {
  yield* revive(state, workstream.run, withWorkstream(workstream), 'workstream.reopened', workstream)
}

/** A person vouches for a quarantined workstream: what broke a guardrail counts as done, the rest goes on. */
export function* releaseWorkstream(state: RunMachineState, workstream: WorkstreamState): Generator<RunEvent> {
  const { run } = workstream
  const revived = new Set<TaskState>()
  const accepted = workstream.tasks.flatMap((task) =>
    task.phase.state === 'QUARANTINED' ? [{ task, commit: task.phase.commit }] : [],
  )
  for (const { task } of accepted) collectSkipped(task, revived)
  for (const task of workstream.tasks) {
    if (task.phase.state !== 'SKIPPED' || task.round < workstream.round) continue
    if (task.spec.needs.some((id) => isLost(run.tasks.get(id)!) && !revived.has(run.tasks.get(id)!))) continue
    if (lostLandings(task).some((base) => base !== workstream)) continue
    revived.add(task)
  }
  collectBaseless(workstream, revived)
  if (run.status !== 'RUNNING' && run.status !== 'PAUSED') yield { type: 'run.reopened', runId: run.id }
  for (const { task, commit } of accepted) {
    const kept = commit === undefined ? {} : { commit }
    yield { type: 'task.accepted', runId: run.id, taskId: task.id, ...kept }
  }
  yield* revive(state, run, revived, 'workstream.released', workstream)
}

function* revive(
  state: RunMachineState,
  run: RunState,
  tasks: ReadonlySet<TaskState>,
  type: 'workstream.released' | 'workstream.reopened',
  chosen: WorkstreamState | undefined,
): Generator<RunEvent> {
  if (run.status !== 'RUNNING' && run.status !== 'PAUSED') yield { type: 'run.reopened', runId: run.id }
  for (const task of tasks) {
    yield { type: 'task.revived', runId: run.id, taskId: task.id, round: nextRound(task.workstream) }
  }
  const reopened = new Set<WorkstreamState>()
  if (chosen !== undefined) reopened.add(chosen)
  for (const task of tasks) {
    for (const base of lostLandings(task)) reopened.add(base)
    if (isClosed(task.workstream)) reopened.add(task.workstream)
  }
  for (const workstream of reopened) {
    const place = { runId: run.id, workstreamId: workstream.spec.id }
    if (workstream === chosen && type === 'workstream.released') yield { type, ...place }
    else yield { type: 'workstream.reopened', ...place, round: nextRound(workstream) }
  }
  for (const workstream of [...run.stranded]) {
    if (hasLostBase(workstream)) continue
    yield { type: 'workstream.unstranded', runId: run.id, workstreamId: workstream.spec.id }
    yield* settleWorkstream(state, workstream)
  }
  const ready = new Set(tasks)
  for (const { tasks: own } of reopened) for (const task of own) ready.add(task)
  yield* makeReady(ready)
}

/** A round that landed is over: what is tried again after it begins the next one. */
function nextRound({ phase, round }: WorkstreamState): number {
  return phase.state === 'COMPLETED' ? round + 1 : round
}

/** Whether anything that it was built on, directly or not, was lost. */
function hasLostBase(workstream: WorkstreamState): boolean {
  const seen = new Set<WorkstreamState>()
  const line = [workstream]
  for (let next = line.pop(); next !== undefined; next = line.pop()) {
    for (const base of next.before) {
      if (seen.has(base) || isGone(base)) continue
      if (isClosed(base)) return true
      seen.add(base)
      line.push(base)
    }
  }
  return false
}

/** The task and, above it, all that ended without success. */
function collectNeeds(task: TaskState, into: Set<TaskState>): void {
  const line = [task]
  for (let next = line.pop(); next !== undefined; next = line.pop()) {
    if (into.has(next)) continue
    into.add(next)
    for (const id of next.spec.needs) {
      const need = next.run.tasks.get(id)!
      if (isLost(need)) line.push(need)
    }
    for (const { tasks, round } of lostLandings(next)) {
      line.push(...tasks.filter((each) => each.round === round && isLost(each)))
    }
  }
}

/** What was skipped below a task, and in its workstream because of it, as far as nothing else is missing. */
function collectSkipped(task: TaskState, into: Set<TaskState>): void {
  collectBelow(task, [task], new Set(), into)
}

/** What was skipped since a workstream that comes back was lost, with what is below. */
function collectBaseless(base: WorkstreamState, into: Set<TaskState>): void {
  const roots: TaskState[] = []
  for (const task of base.run.tasks.values()) {
    const { phase } = task
    const isBaseless =
      phase.state === 'SKIPPED' && phase.because.reason === 'base-lost' && phase.because.base === base.key
    if (isBaseless && !into.has(task) && !isAtWork(task)) roots.push(task)
  }
  collectBelow(base, roots, new Set(roots), into)
}

/** Adds to what was found what was skipped below these; of that, what lacks nothing but what comes back joins the rest. */
function collectBelow(
  back: TaskState | WorkstreamState,
  line: TaskState[],
  found: Set<TaskState>,
  into: Set<TaskState>,
): void {
  for (let next = line.pop(); next !== undefined; next = line.pop()) {
    const stopped = next.workstream.tasks.filter(
      ({ phase }) => phase.state === 'SKIPPED' && phase.because.reason === 'workstream-stopped',
    )
    for (const below of [...next.dependents, ...stopped]) {
      if (below.phase.state !== 'SKIPPED' || into.has(below) || found.has(below) || isAtWork(below)) continue
      found.add(below)
      line.push(below)
    }
  }
  for (let isStable = false; !isStable;) {
    isStable = true
    for (const each of found) {
      const misses = each.spec.needs.some((id) => {
        const need = each.run.tasks.get(id)!
        return need !== back && isLost(need) && !into.has(need) && !found.has(need)
      })
      const lacks = lostLandings(each).some(
        (base) => base !== back && ![...into, ...found].some(({ workstream }) => workstream === base),
      )
      if ((misses || lacks) && found.delete(each)) isStable = false
    }
  }
  for (const each of found) into.add(each)
}

/** What a workstream at work has skipped stays skipped: its round holds claims that did not reckon with more. */
function isAtWork({ workstream }: TaskState): boolean {
  return workstream.isStarted && !isClosed(workstream)
}

/** Landings that it waits for and that will not come unless they are tried again. */
export function lostLandings({ run, spec }: TaskState): readonly WorkstreamState[] {
  const awaited = spec.needsLanded.map((id) => run.workstreams.get(id)!)
  return awaited.filter((workstream) => isClosed(workstream) && workstream.phase.state !== 'COMPLETED')
}

function isLanded(run: RunState, workstreamId: string): boolean {
  return run.workstreams.get(workstreamId)!.phase.state === 'COMPLETED'
}

export function isLost(task: TaskState): boolean {
  return isTerminal(task) && task.phase.state !== 'SUCCEEDED'
}
