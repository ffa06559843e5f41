import { budgetScopes, nextDay } from '../run/budget-scopes.ts'
import type { Choice } from '../run/choice.ts'
import { chooseFor } from '../run/choice.ts'
import { demandsOf } from '../run/resources.ts'
import type { RunMachineState, TaskState } from '../run/run-state.ts'
import type { ToolChoice } from '../run/run-spec.ts'
import { usableTools } from '../run/task-class.ts'
import type { TaskName, Waiting } from './waiting.ts'

type Lacking = Extract<Choice, { ok: false }>

/** Which limit, tool, quota or host is in the way, for each tool that the scheduler would try. */
export function whyNotChosen(state: RunMachineState, task: TaskState): readonly Waiting[] {
  const found: Waiting[] = []
  for (const tool of task.spec.kind === 'tool' ? usableTools(task) : [undefined]) {
    const alone = tool === undefined ? task : { ...task, spec: { ...task.spec, tools: [tool] } }
    const choice = chooseFor(state, alone)
    if (choice.ok) return []
    found.push(whyNot(state, task, tool, choice))
    // The scheduler waits for the first that is merely busy.
    const isBusy = choice.lacks === 'resource' || choice.lacks === 'throttle'
    if (isBusy || (choice.lacks === 'quota' && task.run.spec.onQuota === 'park')) break
  }
  return found
}

function whyNot(
  state: RunMachineState,
  task: TaskState,
  choice: ToolChoice | undefined,
  lacking: Lacking,
): Waiting {
  const { tool = '', account = '' } = choice ?? {}
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
      const labels = [...task.run.spec.requires, ...(choice === undefined ? [] : [`tool/${tool}`])]
      return { for: 'host', labels }
    }
    case 'resource':
      return whyResource(state, task, choice, lacking.resource!)
  }
}

function whyResource(
  state: RunMachineState,
  task: TaskState,
  choice: ToolChoice | undefined,
  resource: string,
): Waiting {
  const wants = demandsOf(task, choice?.tool, choice?.account)[resource]!
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
      if (user.phase.state !== 'RUNNING') continue
      const { tool, account } = user.phase.attempt
      const amount = demandsOf(user, tool, account)[resource]
      if (amount !== undefined) yield { user, amount }
    }
  }
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
  const { tool, account } = (choice.ok ? choice.tool : usableTools(task)[0]) ?? {}
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
  const { tool, account } = usableTools(task)[0] ?? {}
  const demands = demandsOf(task, tool, account)
  for (const { head } of state.ready.offers()) {
    if (head === undefined || head === task) continue
    const other = chooseFor(state, head)
    if (other.ok || other.resource === undefined || !(other.resource in demands)) continue
    yield { for: 'turn', resource: other.resource, keptFor: { runId: head.run.id, taskId: head.id } }
  }
}
