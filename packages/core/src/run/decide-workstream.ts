import { noItems } from './appended.ts'
import { openBases } from './bases.ts'
import type { RunEvent, SkipReason, WorkstreamFailure } from './run-event.ts'
import type { RunMachineState, RunState, TaskState, WorkstreamState } from './run-state.ts'
import { isClosed, isGone, isTerminal, roundTasks } from './run-state.ts'

/** Whether a task is ready that nobody has said so of: every need met, its round open, its run not ending. */
function isReady({ phase, unmet, round, workstream, run }: TaskState): boolean {
  if (phase.state !== 'PENDING' || phase.retryAt !== undefined || unmet > 0) return false
  return round === workstream.round && !isClosed(workstream) && !run.isCancelling
}

function readied({ id, run }: TaskState): RunEvent {
  return { type: 'task.ready', runId: run.id, taskId: id }
}

/** Says of each task that it is ready, when it is. */
export function* makeReady(tasks: Iterable<TaskState>): Generator<RunEvent> {
  for (const task of tasks) if (isReady(task)) yield readied(task)
}

/** Whatever needs the task, directly or not, will not run. */
export function* skipDependents(
  state: RunMachineState,
  task: TaskState,
  because: SkipReason,
): Generator<RunEvent> {
  const closing = new Set<WorkstreamState>()
  const line = [...task.dependents]
  for (let next = line.pop(); next !== undefined; next = line.pop()) {
    if (next.phase.state !== 'PENDING' && next.phase.state !== 'READY') continue
    yield skipped(next, because)
    closing.add(next.workstream)
    line.push(...next.dependents)
  }
  for (const workstream of closing)
    if (workstream !== task.workstream) yield* settleWorkstream(state, workstream)
}

/** Skips one task and what needs it. */
export function* skipTask(state: RunMachineState, task: TaskState, because: SkipReason): Generator<RunEvent> {
  if (task.phase.state !== 'PENDING' && task.phase.state !== 'READY') return
  yield skipped(task, because)
  yield* skipDependents(
    state,
    task,
    because.reason === 'base-lost' ? { reason: 'need-failed', need: task.id } : because,
  )
}

function skipped(task: TaskState, because: SkipReason): RunEvent {
  return { type: 'task.skipped', runId: task.run.id, taskId: task.id, because }
}

/** What a required task's failure stops beyond what needs it, by the run's policy. */
export function* stopAfterFailure(state: RunMachineState, task: TaskState): Generator<RunEvent> {
  const { run, workstream } = task
  if (run.isCancelling) return
  if (run.spec.failurePolicy === 'none') return
  if (run.spec.failurePolicy === 'run') return yield* cancelRun(state, run, 'task-failed')
  for (const other of roundTasks(workstream)) {
    yield* skipTask(state, other, { reason: 'workstream-stopped', task: task.id })
  }
}

/** Skips what has not started, interrupts what runs, asks landings back. Each still ends by its outcome. */
export function* cancelRun(
  state: RunMachineState,
  run: RunState,
  because: 'asked' | 'task-failed',
): Generator<RunEvent> {
  yield { type: 'run.cancelling', runId: run.id, because }
  for (const task of run.tasks.values()) {
    if (task.phase.state === 'PENDING' || task.phase.state === 'READY')
      yield skipped(task, { reason: 'cancelled' })
    else if (task.phase.state === 'RUNNING' && task.phase.attempt.interrupt === undefined) {
      const by = because === 'asked' ? 'cancelled' : 'run-stopped'
      yield { type: 'task.interrupted', runId: run.id, taskId: task.id, attempt: task.attempt, by }
    }
  }
  for (const workstream of run.workstreams.values()) {
    const { phase, round, spec } = workstream
    if (phase.state === 'RUNNING' && phase.stage === 'landing') {
      const { attempt } = phase.landing
      yield { type: 'landing.withdrawing', runId: run.id, workstreamId: spec.id, round, attempt }
    } else yield* settleWorkstream(state, workstream)
  }
}

/** Ends a workstream's round, or sends it to land, once every task of the round is terminal. */
export function* settleWorkstream(state: RunMachineState, workstream: WorkstreamState): Generator<RunEvent> {
  if (isClosed(workstream) || workstream.unfinished > 0 || workstream.running > 0) return
  const isLanding = workstream.phase.state === 'RUNNING' && workstream.phase.stage === 'landing'
  if (isLanding && !isBaseDiscarded(workstream)) return
  const place = { runId: workstream.run.id, workstreamId: workstream.spec.id }
  const { runId, workstreamId } = place
  const tasks = roundTasks(workstream)
  if (isBaseDiscarded(workstream)) {
    return yield* close(state, workstream, {
      type: 'workstream.quarantined',
      ...place,
      reason: 'base-discarded',
    })
  }
  const isGood = tasks.every((task) => !task.spec.isRequired || task.phase.state === 'SUCCEEDED')
  if (isGood && !workstream.run.isCancelling) {
    if (workstream.strandedBy !== undefined) return
    if (!workstream.spec.lands || !workstream.hasCommits)
      yield* close(state, workstream, { type: 'workstream.completed', runId, workstreamId })
    else yield* requestLanding(state, workstream)
  } else if (tasks.some((task) => task.phase.state === 'QUARANTINED')) {
    yield* close(state, workstream, { type: 'workstream.quarantined', ...place, reason: 'task' })
  } else {
    yield* close(state, workstream, {
      type: 'workstream.failed',
      ...place,
      reason: failureOf(workstream, tasks),
    })
  }
}

function isBaseDiscarded({ strandedBy, run }: WorkstreamState): boolean {
  const base = strandedBy === undefined ? undefined : run.workstreams.get(strandedBy.slice(run.id.length + 1))
  return base !== undefined && isClosed(base) && isGone(base)
}

function failureOf(workstream: WorkstreamState, tasks: readonly TaskState[]): WorkstreamFailure {
  if (tasks.some((task) => task.phase.state === 'FAILED')) return 'task'
  return workstream.run.isCancelling ? 'cancelled' : 'skipped'
}

/** Wants the branch landed; a released one must hold its claims again first. */
export function* requestLanding(state: RunMachineState, workstream: WorkstreamState): Generator<RunEvent> {
  const { run, spec, round, landingAttempt } = workstream
  if (spec.claims.length > 0 && spec.holdUntil === 'landed' && !state.claims.holds(workstream.key)) return
  const after = openBases(workstream).map((base) => base.key)
  const place = { runId: run.id, workstreamId: spec.id }
  if (spec.holdUntil === 'finished' && state.claims.holds(workstream.key))
    yield { type: 'claim.released', ...place }
  yield { type: 'landing.requested', ...place, round, attempt: landingAttempt + 1, after }
}

type ClosingEvent = Extract<
  RunEvent,
  { type: 'workstream.completed' | 'workstream.failed' | 'workstream.quarantined' }
>

/** The end of a round: claims fall, and what waited for it or was built on it moves, is stranded or skipped. */
export function* close(
  state: RunMachineState,
  workstream: WorkstreamState,
  event: ClosingEvent,
): Generator<RunEvent> {
  const [runId, workstreamId] = [workstream.run.id, workstream.spec.id]
  yield event
  if (state.claims.holds(workstream.key)) yield { type: 'claim.released', runId, workstreamId }
  if (event.type === 'workstream.completed') {
    yield* makeReady(workstream.awaited)
    yield* openNextRound(workstream)
    return
  }
  const because: SkipReason = { reason: 'base-lost', base: workstream.key }
  for (const task of workstream.awaited) yield* skipTask(state, task, because)
  // Rounds to come would have begun where this one landed.
  for (const task of workstream.tasks)
    if (task.round > workstream.round) yield* skipTask(state, task, because)
  yield* strandSuccessors(state, workstream)
  for (const task of workstream.awaited) yield* settleWorkstream(state, task.workstream)
}

/** Started successors wait, stranded, for a person; what has not started is skipped. */
function* strandSuccessors(state: RunMachineState, lost: WorkstreamState): Generator<RunEvent> {
  const seen = new Set<WorkstreamState>([lost])
  const line = [lost]
  for (let base = line.shift(); base !== undefined; base = line.shift()) {
    for (const next of base.after) {
      if (seen.has(next) || isClosed(next)) continue
      seen.add(next)
      line.push(next)
      const place = { runId: next.run.id, workstreamId: next.spec.id }
      if (next.isStarted) {
        if (next.strandedBy === undefined) yield { type: 'workstream.stranded', ...place, base: lost.key }
        continue
      }
      for (const task of next.tasks) {
        if (
          task.spec.needs.some(
            (id) =>
              seen.has(next.run.tasks.get(id)!.workstream) &&
              id !== task.id &&
              next.run.tasks.get(id)!.workstream !== next,
          )
        ) {
          yield* skipTask(state, task, { reason: 'base-lost', base: lost.key })
        }
      }
      yield* settleWorkstream(state, next)
    }
  }
}

/** Opens the next round when tasks wait for one. */
export function openNextRound(workstream: WorkstreamState): Iterable<RunEvent> {
  return workstream.tasks.some((task) => task.round > workstream.round) ? openRound(workstream) : noItems
}

function* openRound(workstream: WorkstreamState): Generator<RunEvent> {
  const waiting = workstream.tasks.filter((task) => task.round > workstream.round && !isTerminal(task))
  if (waiting.length === 0) return
  const round = Math.min(...waiting.map((task) => task.round))
  yield { type: 'workstream.reopened', runId: workstream.run.id, workstreamId: workstream.spec.id, round }
  yield* makeReady(waiting)
}
