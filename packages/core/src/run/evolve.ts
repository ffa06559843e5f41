import { buildRun, extendRun } from './build-run.ts'
import { accountState, evolveTask, toolState } from './evolve-task.ts'
import { idleBarrier, regroundHolders } from './evolve-claims.ts'
import { evolveWorkstream } from './evolve-workstream.ts'
import type { RunEvent } from './run-event.ts'
import type { RunMachineState, RunState } from './run-state.ts'

/** How many answers to commands are remembered: far more than any client repeats. */
const rememberedAnswers = 1_000

/** Takes an event into the state: the only way the state ever changes. */
export function evolve(state: RunMachineState, event: RunEvent, at: number): void {
  if ('taskId' in event) return evolveTask(state, event, at)
  if ('workstreamId' in event) return evolveWorkstream(state, event)
  if ('runId' in event) return evolveRun(state, event, at)
  return evolveWorld(state, event)
}

type OfRunEvent = Exclude<
  Extract<RunEvent, { readonly runId: string }>,
  { readonly taskId: string } | { readonly workstreamId: string }
>
type WorldEvent = Exclude<RunEvent, { readonly runId: string }>

function evolveRun(state: RunMachineState, event: OfRunEvent, at: number): void {
  if (event.type === 'run.started') {
    const run = buildRun(state, event, at)
    state.runs.set(run.id, run)
    const { budget, workstreams } = event.run
    if (budget !== undefined) state.budgets.setLimit(`run/${run.id}`, budget.usd, budget)
    for (const { id, budgetUsd } of workstreams) {
      if (budgetUsd !== undefined) state.budgets.setLimit(`workstream/${run.id}/${id}`, budgetUsd)
    }
    return
  }
  const run = state.runs.get(event.runId)
  if (run === undefined) return
  switch (event.type) {
    case 'run.extended':
      extendRun(state, run, event)
      return regroundHolders(state)
    case 'run.paused':
      run.pauses.add(event.reason)
      run.waits = event.waits ?? run.waits
      run.status = 'PAUSED'
      for (const workstream of run.workstreams.values()) idleBarrier(state, workstream)
      return
    case 'run.resumed':
      run.pauses.delete(event.reason)
      run.status = run.pauses.size > 0 ? 'PAUSED' : 'RUNNING'
      return
    case 'run.cancelling':
      run.isCancelling = true
      run.cancelledBecause = event.because
      return
    case 'run.completed':
      return end(run, 'COMPLETED')
    case 'run.failed':
      return end(run, 'FAILED')
    case 'run.cancelled':
      return end(run, 'CANCELLED')
    case 'run.reopened':
      run.isCancelling = false
      run.cancelledBecause = undefined
      run.status = 'RUNNING'
      return
    case 'run.archived':
      state.runs.delete(run.id)
      return
  }
}

function end(run: RunState, status: RunState['status']): void {
  run.status = status
  run.pauses.clear()
}

function evolveWorld(state: RunMachineState, event: WorldEvent): void {
  switch (event.type) {
    case 'conflict.predicted':
      state.predictions.set([event.a, event.b].sort().join(' '), { a: event.a, b: event.b, path: event.path })
      return
    case 'budget.warned':
      return state.budgets.mark(event.scope, 'warned')
    case 'budget.stopped':
      return state.budgets.mark(event.scope, 'stopped')
    case 'budget.changed':
      return state.budgets.setLimit(event.scope, event.limitUsd, state.budgets.shares(event.scope))
    case 'budget.unblocked':
      return refund(state, event.scope)
    case 'quota.exhausted': {
      const account = accountState(state, event.account)
      account.breaker = { state: 'open', until: event.until }
      account.exhaustedInRow++
      return state.timers.set(`account/${event.account}`, event.until)
    }
    case 'quota.probing':
      accountState(state, event.account).breaker = { state: 'probing' }
      return state.timers.clear(`account/${event.account}`)
    case 'quota.recovered': {
      const account = accountState(state, event.account)
      account.breaker = { state: 'closed' }
      account.exhaustedInRow = 0
      return state.timers.clear(`account/${event.account}`)
    }
    case 'tool.throttled':
      toolState(state, event.tool).throttle = { limit: event.limit, raiseAt: event.raiseAt }
      return state.timers.set(`tool/${event.tool}`, event.raiseAt)
    case 'tool.relaxed':
      return relax(state, event)
    case 'tool.degraded':
      toolState(state, event.tool).health = event.health
      return
    case 'tool.recovered':
      toolState(state, event.tool).health = 'healthy'
      return
    case 'host.joined':
      state.hosts.set(event.hostId, { id: event.hostId, offers: new Set(event.offers), running: 0 })
      return
    case 'host.left':
      state.hosts.delete(event.hostId)
      return
    case 'disk.measured':
      state.isDiskLow = event.isLow
      return
    case 'limits.changed':
      state.limits = event.limits
      state.meters.limitTo(event.limits)
      return
    case 'command.answered':
      return remember(state, event)
  }
}

/** Offers again whoever waits for money in the scope. */
function refund(state: RunMachineState, scope: string): void {
  state.timers.clear(`scope/${scope}`)
  for (const task of [...state.ready.unfunded(scope)]) {
    state.ready.fund(task)
    state.ready.add(task)
  }
}

function relax(state: RunMachineState, event: Extract<RunEvent, { type: 'tool.relaxed' }>): void {
  const { tool, limit, raiseAt } = event
  const isFree = limit === undefined || raiseAt === undefined
  toolState(state, tool).throttle = isFree ? undefined : { limit, raiseAt }
  if (isFree) state.timers.clear(`tool/${tool}`)
  else state.timers.set(`tool/${tool}`, raiseAt)
}

function remember(
  state: RunMachineState,
  { commandId, answer }: Extract<RunEvent, { type: 'command.answered' }>,
): void {
  state.answers.set(commandId, answer)
  if (state.answers.size <= rememberedAnswers) return
  for (const oldest of state.answers.keys()) {
    state.answers.delete(oldest)
    return
  }
}
