import type { CommandAnswer } from '../machine/machine.ts'
import { cancelRun, makeReady, openNextRound, settleWorkstream, skipTask } from './decide-workstream.ts'
import {
  findBusy,
  isLost,
  lostLandings,
  releaseWorkstream,
  retryWorkstream,
  reviveTask,
  withTask,
  withWorkstream,
} from './decide-revival.ts'
import { pinEstimates } from './estimates.ts'
import type { RunEvent, RoundedTask } from './run-event.ts'
import type { RunCommand } from './run-input.ts'
import type { TaskSpec } from './run-spec.ts'
import type { RunMachineState, RunState, TaskState, WorkstreamState } from './run-state.ts'
import { isClosed, isGone, isTerminal } from './run-state.ts'
import { problemsOfExtension, problemsOfRun } from './run-problems.ts'

type Refusal = Extract<CommandAnswer, { ok: false }>
type CommandOf<Type extends RunCommand['type']> = Extract<RunCommand, { type: Type }>

/** Why a command cannot be obeyed, or `undefined`. A refused command changes nothing. */
export function refuse(state: RunMachineState, command: RunCommand): Refusal | undefined {
  if (command.type === 'limits.set' || command.type === 'budget.set') return undefined
  if (command.type === 'run.start') return problemsOfRun(state, command.run)
  const run = state.runs.get(command.runId)
  if (run === undefined)
    return refusal('WS_RUN_UNKNOWN', `there is no run "${command.runId}"`, 'see `ws list`')
  switch (command.type) {
    case 'run.extend':
      if (run.isCancelling) return refusal('WS_RUN_ENDING', `run "${run.id}" is being cancelled`)
      return problemsOfExtension(state, run, command.workstreams, command.tasks)
    case 'run.archive':
      if (hasEnded(run)) return undefined
      return refusal('WS_RUN_LIVE', `run "${run.id}" has not ended`, 'cancel it first')
    case 'run.pause':
    case 'run.resume':
    case 'run.cancel':
      return hasEnded(run) ? refusal('WS_RUN_ENDED', `run "${run.id}" has ended: ${run.status}`) : undefined
    case 'task.retry':
    case 'task.done':
    case 'task.reprioritise':
      return refuseTask(run, command)
    case 'workstream.release':
    case 'workstream.retry':
    case 'workstream.discard':
    case 'workstream.approve':
      return refuseWorkstream(run, command)
  }
}

function refuseTask(
  run: RunState,
  command: CommandOf<'task.retry' | 'task.done' | 'task.reprioritise'>,
): Refusal | undefined {
  const task = run.tasks.get(command.taskId)
  if (task === undefined) return refusal('WS_TASK_UNKNOWN', `run "${run.id}" has no task "${command.taskId}"`)
  const { state } = task.phase
  if (command.type === 'task.retry' && (!isTerminal(task) || state === 'SUCCEEDED')) {
    return refusal(
      'WS_TASK_STATE',
      `task "${task.id}" is ${state}; only one that did not succeed is tried again`,
    )
  }
  if (command.type === 'task.retry') return refuseBusy(withTask(task))
  if (command.type === 'task.done' && (task.spec.kind !== 'person' || state !== 'RUNNING')) {
    return refusal('WS_TASK_STATE', `task "${task.id}" is not waiting for a person`)
  }
  return undefined
}

function refuseWorkstream(
  run: RunState,
  command: CommandOf<'workstream.release' | 'workstream.retry' | 'workstream.discard' | 'workstream.approve'>,
): Refusal | undefined {
  const workstream = run.workstreams.get(command.workstreamId)
  if (workstream === undefined) {
    return refusal('WS_WORKSTREAM_UNKNOWN', `run "${run.id}" has no workstream "${command.workstreamId}"`)
  }
  const { phase } = workstream
  if (command.type === 'workstream.approve') {
    if (phase.state === 'RUNNING' && phase.stage === 'landing' && !phase.landing.isApproved) return undefined
    return refusal('WS_WORKSTREAM_STATE', `workstream "${workstream.spec.id}" is not waiting for approval`)
  }
  if (command.type === 'workstream.release' && phase.state !== 'QUARANTINED') {
    return refusal(
      'WS_WORKSTREAM_STATE',
      `workstream "${workstream.spec.id}" is not quarantined but ${phase.state}`,
    )
  }
  if (command.type === 'workstream.discard' && phase.state === 'FAILED' && phase.reason === 'discarded') {
    return refusal('WS_WORKSTREAM_STATE', `workstream "${workstream.spec.id}" was discarded already`)
  }
  if (command.type !== 'workstream.release' && phase.state !== 'QUARANTINED' && phase.state !== 'FAILED') {
    const message = `workstream "${workstream.spec.id}" is ${phase.state}; expected FAILED or QUARANTINED`
    return refusal('WS_WORKSTREAM_STATE', message, 'cancel the run, or wait for its end')
  }
  return command.type === 'workstream.retry' ? refuseBusy(withWorkstream(workstream)) : undefined
}

function refuseBusy(tasks: ReadonlySet<TaskState>): Refusal | undefined {
  const busy = findBusy(tasks)
  if (busy === undefined) return undefined
  return refusal(
    'WS_WORKSTREAM_STATE',
    `workstream "${busy.spec.id}" is at work`,
    'try again when it has ended',
  )
}

/** What an accepted command causes. */
export function* act(state: RunMachineState, command: RunCommand): Generator<RunEvent> {
  if (command.type === 'run.start') return yield* startRun(state, command)
  if (command.type === 'limits.set') {
    yield { type: 'limits.changed', limits: { ...state.limits, ...command.limits } }
    return
  }
  if (command.type === 'budget.set') return yield* setBudget(state, command.scope, command.usd)
  const run = state.runs.get(command.runId)!
  const place = { runId: run.id }
  switch (command.type) {
    case 'run.extend':
      return yield* extend(state, run, command)
    case 'run.pause':
      return yield* pause(run, command.now === true)
    case 'run.resume':
      if (command.budgetUsd !== undefined) yield* setBudget(state, `run/${run.id}`, command.budgetUsd)
      for (const reason of ['user', 'budget'] as const) {
        if (run.pauses.has(reason)) yield { type: 'run.resumed', ...place, reason }
      }
      return
    case 'run.cancel':
      if (!run.isCancelling) yield* cancelRun(state, run, 'asked')
      return
    case 'run.archive':
      yield { type: 'run.archived', ...place }
      return
    case 'task.retry':
      return yield* reviveTask(state, run.tasks.get(command.taskId)!)
    case 'task.done':
      yield {
        type: 'task.finishing',
        ...place,
        taskId: command.taskId,
        attempt: run.tasks.get(command.taskId)!.attempt,
      }
      return
    case 'task.reprioritise':
      yield { type: 'task.reprioritised', ...place, taskId: command.taskId, priority: command.priority }
      return
    case 'workstream.approve': {
      const { round, landingAttempt } = run.workstreams.get(command.workstreamId)!
      yield {
        type: 'landing.approved',
        ...place,
        workstreamId: command.workstreamId,
        round,
        attempt: landingAttempt,
      }
      return
    }
    case 'workstream.release':
      return yield* releaseWorkstream(state, run.workstreams.get(command.workstreamId)!)
    case 'workstream.retry':
      return yield* retryWorkstream(state, run.workstreams.get(command.workstreamId)!)
    case 'workstream.discard':
      return yield* discard(state, run, command.workstreamId)
  }
}

function* startRun(state: RunMachineState, { run }: CommandOf<'run.start'>): Generator<RunEvent> {
  yield { type: 'run.started', runId: run.id, run, estimates: pinEstimates(state, run.tasks, run) }
  const live = state.runs.get(run.id)!
  yield* makeReady(live.tasks.values())
  for (const workstream of live.workstreams.values())
    if (workstream.unfinished === 0) yield* settleWorkstream(state, workstream)
}

/** Added tasks join their workstream's round, or open the next one where it lands, has ended, or lacks the claims. */
function* extend(
  state: RunMachineState,
  run: RunState,
  command: CommandOf<'run.extend'>,
): Generator<RunEvent> {
  const rounds = new Map<string, number>()
  const tasks: RoundedTask[] = command.tasks.map((task) => {
    const workstream = run.workstreams.get(task.workstream)
    const joins = workstream === undefined || mayJoin(run, workstream, task)
    const round = joins ? (workstream?.round ?? 1) : workstream.round + 1
    rounds.set(task.id, round)
    return { task, round }
  })
  if (hasEnded(run)) yield { type: 'run.reopened', runId: run.id }
  const { workstreams } = command
  const estimates = pinEstimates(state, command.tasks, run.spec)
  yield { type: 'run.extended', runId: run.id, workstreams, tasks, estimates }
  for (const { task } of tasks) {
    const live = run.tasks.get(task.id)!
    const need = live.spec.needs.find((id) => isLost(run.tasks.get(id)!))
    const [base] = lostLandings(live)
    if (need !== undefined) yield* skipTask(state, live, { reason: 'need-failed', need })
    else if (base !== undefined) yield* skipTask(state, live, { reason: 'base-lost', base: base.key })
    else yield* makeReady([live])
  }
  for (const workstream of run.workstreams.values()) {
    if (isClosed(workstream)) yield* openNextRound(workstream)
    else if (workstream.unfinished === 0) yield* settleWorkstream(state, workstream)
  }
}

/** A round that has begun takes only work that makes it wait for nobody: what holds claims must not. */
function mayJoin(run: RunState, workstream: WorkstreamState, task: TaskSpec): boolean {
  if (isClosed(workstream) || isLanding(workstream.phase)) return false
  if (!workstream.isStarted) return true
  // What was handed over to those that build on it is theirs.
  for (const next of workstream.after) if (next.isStarted && !isClosed(next)) return false
  const bases = task.needs.map((id) => run.tasks.get(id)?.workstream)
  for (const id of task.needsLanded) bases.push(run.workstreams.get(id))
  return bases.every((base) => base === workstream || (base !== undefined && isGone(base)))
}

function isLanding(phase: { readonly state: string; readonly stage?: string }): boolean {
  return phase.state === 'RUNNING' && phase.stage === 'landing'
}

function* pause(run: RunState, isNow: boolean): Generator<RunEvent> {
  if (!run.pauses.has('user')) yield { type: 'run.paused', runId: run.id, reason: 'user' }
  if (!isNow) return
  for (const task of run.tasks.values()) {
    if (task.phase.state !== 'RUNNING' || task.phase.attempt.interrupt !== undefined) continue
    yield { type: 'task.interrupted', runId: run.id, taskId: task.id, attempt: task.attempt, by: 'paused' }
  }
}

function* setBudget(state: RunMachineState, scope: string, usd: number | undefined): Generator<RunEvent> {
  yield usd === undefined
    ? { type: 'budget.changed', scope }
    : { type: 'budget.changed', scope, limitUsd: usd }
  yield { type: 'budget.unblocked', scope }
  const run = scope.startsWith('run/') ? state.runs.get(scope.slice('run/'.length)) : undefined
  if (run?.pauses.has('budget') === true) yield { type: 'run.resumed', runId: run.id, reason: 'budget' }
}

/** The branch's work is given up for good; what was built on it is set aside for a person. */
function* discard(state: RunMachineState, run: RunState, workstreamId: string): Generator<RunEvent> {
  const lost = run.workstreams.get(workstreamId)!
  const place = { runId: run.id }
  if (hasEnded(run)) yield { type: 'run.reopened', ...place }
  yield { type: 'workstream.failed', ...place, workstreamId, reason: 'discarded' }
  for (const next of run.workstreams.values()) {
    if (next.strandedBy !== lost.key) continue
    for (const task of next.tasks) {
      if (task.phase.state === 'RUNNING' && task.phase.attempt.interrupt === undefined) {
        yield { type: 'task.interrupted', ...place, taskId: task.id, attempt: task.attempt, by: 'discarded' }
      } else yield* skipTask(state, task, { reason: 'discarded' })
    }
    yield* settleWorkstream(state, next)
  }
}

function hasEnded({ status }: RunState): boolean {
  return status === 'COMPLETED' || status === 'FAILED' || status === 'CANCELLED'
}

function refusal(code: string, message: string, hint?: string): Refusal {
  return hint === undefined ? { ok: false, code, message } : { ok: false, code, message, hint }
}
