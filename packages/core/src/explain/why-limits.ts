import { budgetScopes, nextDay } from '../run/budget-scopes.ts'
import type { Choice } from '../run/choice.ts'
import { chooseFor, chooseWay } from '../run/choice.ts'
import { takesAny } from '../run/resources.ts'
import type { RunMachineState, TaskState } from '../run/run-state.ts'
import type { Demand, Way } from '../run/task-class.ts'
import { demandsOfAttempt } from '../run/task-class.ts'
import type { TaskName, Waiting } from './waiting.ts'

type Lacking = Extract<Choice, { ok: false }>

/** Which limit, tool, quota or host is in the way, for each tool that the scheduler would try. */
export function whyNotChosen(state: RunMachineState, task: TaskState): readonly Waiting[] {
  const found: Waiting[] = []
  for (const way of task.class.ways) {
    const choice = chooseWay(state, task, way)
    if (choice.ok) return []
    found.push(whyNot(state, task, way, choice))
    // The scheduler waits for the first that is merely busy.
    const isBusy = choice.lacks === 'resource' || choice.lacks === 'throttle'
    if (isBusy || (choice.lacks === 'quota' && task.run.spec.onQuota === 'park')) break
  }
  return found
}

function whyNot(state: RunMachineState, task: TaskState, way: Way, lacking: Lacking): Waiting {
  const { tool = '', account = '' } = way.tool ?? {}
  switch (lacking.lacks) {
    case 'tool': {
      const isMissing = state.tools.get(tool)?.health === 'missing'
      return { for: 'tool', tool, health: isMissing ? 'missing' : 'unhealthy' }
    }
    case 'throttle': {
      const { limit, raiseAt } = state.tools.get(tool)!.throttle!
      return { for: 'throttle', tool, limit, raiseAt }
    }
    case 'quota': {
      const { breaker } = state.accounts.get(account)!
      return breaker.state === 'open'
        ? { for: 'quota', account, until: breaker.until }
        : { for: 'probe', account }
    }
    case 'host': {
      const labels = [...task.run.spec.requires, ...(way.tool === undefined ? [] : [`tool/${tool}`])]
      return { for: 'host', labels }
    }
    case 'resource':
      return whyResource(state, task, way, lacking.meter.name)
  }
}

function whyResource(state: RunMachineState, task: TaskState, { demands }: Way, resource: string): Waiting {
  const wants = amountOf(demands, resource)!
  const users = [...usersOf(state, resource)]
  const limit = state.limits[resource]
  if (limit !== undefined && sum(users) + wants > limit) {
    return {
      for: 'resource',
      resource,
      bound: 'repository',
      limit,
      used: sum(users),
      wants,
      usedBy: users.map(nameOf),
    }
  }
  const own = users.filter(({ user }) => user.run === task.run)
  const ownLimit = task.run.spec.limits[resource]!
  return {
    for: 'resource',
    resource,
    bound: 'run',
    limit: ownLimit,
    used: sum(own),
    wants,
    usedBy: own.map(nameOf),
  }
}

interface Use {
  readonly user: TaskState
  readonly amount: number
}

function* usersOf(state: RunMachineState, resource: string): Generator<Use> {
  for (const run of state.runs.values()) {
    for (const user of run.tasks.values()) {
      if (user.phase.state !== 'RUNNING' || user.phase.attempt.isExecuted) continue
      const amount = amountOf(demandsOfAttempt(state, user, user.phase.attempt), resource)
      if (amount !== undefined) yield { user, amount }
    }
  }
}

function amountOf(demands: readonly Demand[], resource: string): number | undefined {
  return demands.find(({ meter }) => meter.name === resource)?.amount
}

function sum(uses: readonly Use[]): number {
  return uses.reduce((total, { amount }) => total + amount, 0)
}

function nameOf({ user }: Use): TaskName {
  return { runId: user.run.id, taskId: user.id }
}

/** The budget that lacks what the next attempt would reserve. */
export function* whyUnfunded(state: RunMachineState, task: TaskState, now: number): Generator<Waiting> {
  const choice = chooseFor(state, task)
  const { tool, account } = (choice.ok ? choice.way : task.class.ways[0])?.tool ?? {}
  const wantsUsd = task.estimateUsd
  const scope = state.budgets.lacking(budgetScopes(task, tool, account, now), wantsUsd)
  if (scope === undefined) return
  const limitUsd = state.budgets.limitUsd(scope)!
  const spentUsd = state.budgets.spentUsd(scope)
  const reservedUsd = state.budgets.scopes.get(scope)!.reserved / 1_000_000
  const until = scope.startsWith('user/') ? { until: nextDay(now) } : {}
  yield { for: 'budget', scope, wantsUsd, spentUsd, reservedUsd, limitUsd, ...until }
}

/** Everything is free, yet kept for another that was passed too often for the lack of it. */
export function* whyKept(state: RunMachineState, task: TaskState): Generator<Waiting> {
  const [way] = task.class.ways
  for (const { head } of state.ready.offers()) {
    if (way === undefined || head === undefined || head === task) continue
    const { meter } = { meter: undefined, ...chooseFor(state, head) }
    if (meter === undefined || !takesAny(way, [meter])) continue
    yield { for: 'turn', resource: meter.name, keptFor: { runId: head.run.id, taskId: head.id } }
  }
}
