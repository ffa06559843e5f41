import { attemptKey } from './run-effect.ts'
import type { AttemptEffect } from './run-effect.ts'
import type { RunEvent } from './run-event.ts'
import type { Usage } from './run-input.ts'
import type { AttemptState, RunMachineState, TaskPhase, TaskState, WorkstreamState } from './run-state.ts'
import { isClosed, isTerminal } from './run-state.ts'
import { budgetScopes, nextDay } from './budget-scopes.ts'
import { findTask } from './find-task.ts'
import { learn } from './estimates.ts'
import { addUse } from './resources.ts'
import { idleBarrier, regroundHolders } from './evolve-claims.ts'
import { inheritLevel } from './evolve-landing.ts'
import { reground } from './evolve-workstream.ts'
import { classOf, demandsOfAttempt } from './task-class.ts'
import { effectiveLevel, ownPriority } from './task-order.ts'

export type TaskEvent = Extract<RunEvent, { readonly taskId: string }>
type StartedEvent = Extract<RunEvent, { type: 'task.started' }>

const ready: TaskPhase = { state: 'READY' }

/** Takes what happened to a task into the state. */
export function evolveTask(state: RunMachineState, event: TaskEvent, at: number): void {
  const task = findTask(state, event)
  if (task === undefined) return
  switch (event.type) {
    case 'task.ready':
      return becomeReady(state, task, at)
    case 'task.started':
      return start(state, task, event, at)
    case 'task.metered':
      return changeAttempt(state, task, { meteredUsd: event.usage.costUsd })
    case 'task.interrupted':
      return changeAttempt(state, task, { interrupt: event.by })
    case 'task.finishing':
      return changeAttempt(state, task, { isFinishing: true })
    case 'task.executed':
      return free(state, task)
    case 'task.succeeded':
      endAttempt(state, task, event.usage, false)
      task.lostInRow = 0
      task.throttledInRow = 0
      if (event.commit !== undefined) task.workstream.hasCommits = true
      learn(state, task, event.usage)
      setPhase(state, task, { state: 'SUCCEEDED', commit: event.commit, isReleased: false })
      for (const dependent of task.dependents) dependent.unmet--
      return
    case 'task.retried': {
      const isLost = event.failure.reason === 'lost'
      endAttempt(state, task, event.usage, isLost)
      task.lostInRow = isLost ? task.lostInRow + 1 : 0
      task.throttledInRow = event.isSpent || isLost ? 0 : task.throttledInRow + 1
      if (event.isSpent) task.retriesSpent++
      if (event.avoid !== undefined) task.avoided = [...task.avoided, event.avoid]
      task.class = classOf(state, task)
      return setPhase(state, task, { state: 'PENDING', retryAt: event.retryAt })
    }
    case 'task.failed':
      endAttempt(state, task, event.usage, event.failure.reason === 'lost')
      return setPhase(state, task, { state: 'FAILED', failure: event.failure })
    case 'task.quarantined':
      endAttempt(
        state,
        task,
        event.usage,
        event.breach.breach === 'crash-loop' && event.breach.cause === 'lost',
      )
      return setPhase(state, task, { state: 'QUARANTINED', breach: event.breach, commit: event.commit })
    case 'task.cancelled':
      endAttempt(state, task, event.usage, false)
      return setPhase(state, task, { state: 'SKIPPED', because: { reason: 'cancelled' } })
    case 'task.skipped':
      return setPhase(state, task, { state: 'SKIPPED', because: event.because })
    case 'task.revived':
      task.round = event.round
      task.retriesSpent = 0
      task.lostInRow = 0
      task.throttledInRow = 0
      task.avoided = []
      task.class = classOf(state, task)
      setPhase(state, task, { state: 'PENDING' })
      // One that is closed is opened again next, and that is when holders are looked at.
      if (!isClosed(task.workstream)) regroundHolders(state)
      return
    case 'task.accepted':
      if (event.commit !== undefined) task.workstream.hasCommits = true
      setPhase(state, task, { state: 'SUCCEEDED', commit: event.commit, isReleased: true })
      for (const dependent of task.dependents) dependent.unmet--
      return
    case 'task.reprioritised':
      return reprioritise(state, task, event.priority)
    case 'attempt.superseded':
      return correctUsage(state, task, event.attempt, event.usage)
    case 'budget.blocked':
      // A user's budget comes back with the next day; every other scope's with what is given back or raised.
      if (event.scope.startsWith('user/')) state.timers.set(`scope/${event.scope}`, nextDay(at))
      state.ready.defund(task, event.scope)
      return idleBarrier(state, task.workstream)
  }
}

function becomeReady(state: RunMachineState, task: TaskState, at: number): void {
  task.level ??= ownPriority(task) + Math.floor((at - task.run.startedAt) / task.run.stepMs)
  task.startsAtReady = state.starts
  setPhase(state, task, ready)
  const holder = state.ready.parkedBehind(task)
  if (holder !== undefined) inheritLevel(state, holder, effectiveLevel(task))
}

function start(state: RunMachineState, task: TaskState, event: StartedEvent, at: number): void {
  const { run, workstream } = task
  const { hostId, tool, account, reservedUsd } = event
  const scopes = budgetScopes(task, tool, account, at)
  task.attempt = event.attempt
  task.workstream.running++
  state.starts++
  const attempt: AttemptState = {
    key: attemptKey(event),
    hostId,
    tool,
    account,
    reservedUsd,
    meteredUsd: 0,
    interrupt: undefined,
    isFinishing: false,
    isExecuted: false,
    scopes,
  }
  setPhase(state, task, { state: 'RUNNING', attempt })
  state.ready.refresh(workstream)
  state.budgets.reserve(scopes, reservedUsd)
  countAttempt(state, task, attempt, 1)
  if (task.spec.kind === 'person') run.persons.add(task)
  else run.running++
  state.wanted.set(attempt.key, effectOf(task, attempt))
}

/** What an attempt takes of resources, its host, tool and account: taken with `by` 1, given back with -1. */
export function countAttempt(
  state: RunMachineState,
  task: TaskState,
  attempt: AttemptState,
  by: 1 | -1,
): void {
  const { hostId, tool, account } = attempt
  if (!attempt.isExecuted) addUse(demandsOfAttempt(state, task, attempt), by)
  const host = state.hosts.get(hostId)
  if (host !== undefined) host.running += by
  if (tool !== undefined) toolState(state, tool).running += by
  if (account !== undefined) accountState(state, account).running += by
}

/** Others may run meanwhile: limits are about what runs. Its host, tool and account are told by its outcome. */
function free(state: RunMachineState, task: TaskState): void {
  if (task.phase.state !== 'RUNNING') return
  addUse(demandsOfAttempt(state, task, task.phase.attempt), -1)
  changeAttempt(state, task, { isExecuted: true })
}

/** Gives back what the attempt took and settles its money: at the larger of metered and reserved where its end was not seen. */
function endAttempt(state: RunMachineState, task: TaskState, usage: Usage, isUnseen: boolean): void {
  if (task.phase.state !== 'RUNNING') return
  const { attempt } = task.phase
  const { run, workstream } = task
  const metered = Math.max(attempt.meteredUsd, usage.costUsd)
  const settled = isUnseen ? Math.max(metered, attempt.reservedUsd) : metered
  state.budgets.settle(attempt.scopes, attempt.reservedUsd, settled)
  if (isUnseen)
    task.settled = [...task.settled, { attempt: task.attempt, usd: settled, scopes: attempt.scopes }]
  countAttempt(state, task, attempt, -1)
  workstream.running--
  if (task.spec.kind === 'person') run.persons.delete(task)
  else run.running--
  state.wanted.delete(attempt.key)
  state.ready.refresh(workstream)
}

function correctUsage(state: RunMachineState, task: TaskState, attempt: number, usage: Usage): void {
  const settled = task.settled.find((each) => each.attempt === attempt)
  if (settled === undefined) return
  state.budgets.correct(settled.scopes, settled.usd, usage.costUsd)
  task.settled = task.settled.filter((each) => each !== settled)
}

function changeAttempt(state: RunMachineState, task: TaskState, change: Partial<AttemptState>): void {
  if (task.phase.state !== 'RUNNING') return
  const attempt = { ...task.phase.attempt, ...change }
  task.phase = { state: 'RUNNING', attempt }
  if (change.meteredUsd === undefined) state.wanted.set(attempt.key, effectOf(task, attempt))
}

/** The one place where a task changes its phase: the derived counts follow. */
function setPhase(state: RunMachineState, task: TaskState, phase: TaskPhase): void {
  const { run, workstream } = task
  const wasTerminal = isTerminal(task)
  if (task.phase.state === 'READY') {
    workstream.queued--
    state.ready.remove(task)
    idleBarrier(state, workstream)
  }
  if (task.phase.state === 'PENDING' && task.phase.retryAt !== undefined) {
    run.retrying--
    state.timers.clear(retryTimer(task))
  }
  const before = task.phase
  task.phase = phase
  if (task.round === workstream.round)
    countUnfinished(state, workstream, Number(wasTerminal) - Number(isTerminal(task)))
  // What is skipped needs nothing: its workstream may build on less than before.
  if (phase.state === 'SKIPPED' || before.state === 'SKIPPED') reground(state, workstream)
  if (phase.state === 'READY') {
    workstream.queued++
    if (workstream.strandedBy === undefined) state.ready.add(task)
  }
  if (phase.state === 'PENDING' && phase.retryAt !== undefined) {
    run.retrying++
    state.timers.set(retryTimer(task), phase.retryAt)
  }
}

function retryTimer({ id, run }: TaskState): string {
  return `retry/${run.id}/${id}`
}

/** A workstream that has nothing left to do before it took its claims takes them only to land. */
function countUnfinished(state: RunMachineState, workstream: WorkstreamState, by: number): void {
  workstream.unfinished += by
  if (workstream.isStarted) return
  if (workstream.unfinished === 0 && !isClosed(workstream)) state.awaitingClaims.add(workstream)
  else state.awaitingClaims.delete(workstream)
}

function reprioritise(state: RunMachineState, task: TaskState, priority: number): void {
  const aged = task.level === undefined ? 0 : task.level - ownPriority(task)
  task.priority = priority
  if (task.level === undefined) return
  task.level = priority + aged
  state.ready.refresh(task.workstream)
}

export function effectOf(task: TaskState, attempt: AttemptState): AttemptEffect {
  const { hostId, tool, account, reservedUsd, interrupt, isFinishing, isExecuted } = attempt
  return {
    kind: 'attempt',
    runId: task.run.id,
    taskId: task.id,
    attempt: task.attempt,
    workstreamId: task.workstream.spec.id,
    round: task.round,
    hostId,
    tool,
    account,
    reservedUsd,
    interrupt,
    isFinishing,
    isExecuted,
  }
}

export function toolState(state: RunMachineState, tool: string) {
  let entry = state.tools.get(tool)
  if (entry === undefined)
    state.tools.set(tool, (entry = { health: 'healthy', throttle: undefined, running: 0 }))
  return entry
}

export function accountState(state: RunMachineState, account: string) {
  let entry = state.accounts.get(account)
  if (entry === undefined) {
    entry = { breaker: { state: 'closed' }, running: 0, exhaustedInRow: 0 }
    state.accounts.set(account, entry)
  }
  return entry
}
