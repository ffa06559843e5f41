import type { DocumentPath, Finding } from '../problem/plan-problem.ts'
import { quote } from '../problem/describe-issue.ts'
import type { OutlineTask } from '../outline.ts'
import type { CheckContext } from './context.ts'

/** The share of a budget from which no task starts, where the plan does not say. */
export const defaultStopAt = 0.95

/** Budgets below what the plan expects to spend, and demands that can never be met. */
export function* checkAmounts({ plan, needs }: CheckContext): Generator<Finding, void, undefined> {
  const { budget } = plan
  if (budget?.usd !== undefined) {
    const tasks = needs.tasks.map(({ task }) => task)
    yield* overBudget(budget.usd, sum(tasks), 'the plan', ['budget', 'usd'])
    const stopUsd = budget.usd * (budget.stopAt ?? defaultStopAt)
    const total = sum(tasks)
    if (total <= budget.usd && total > stopUsd) {
      const message = `the tasks are expected to cost ${usd(total)}, and no task starts once ${usd(stopUsd)} of the ${usd(budget.usd)} are spent`
      yield {
        code: 'WS_PLAN_TIGHT_BUDGET',
        severity: 'warning',
        message,
        hint: `raise the budget to ${usd(needed(total, budget.stopAt))} or more`,
        at: ['budget', 'usd'],
      }
    }
    if ((budget.warnAt ?? 0) > (budget.stopAt ?? defaultStopAt)) {
      const message = `the budget warns at ${budget.warnAt}, after it has stopped the run at ${budget.stopAt ?? defaultStopAt}`
      yield {
        code: 'WS_PLAN_VALUE',
        severity: 'error',
        message,
        hint: 'warn before it stops',
        at: ['budget', 'warnAt'],
      }
    }
  }
  for (const [index, workstream] of plan.workstreams.entries()) {
    if (workstream.budget?.usd === undefined) continue
    yield* overBudget(workstream.budget.usd, sum(workstream.tasks), `workstream ${quote(workstream.id)}`, [
      'workstreams',
      index,
      'budget',
      'usd',
    ])
  }
  for (const { task, at } of needs.tasks) {
    for (const [name, demand] of Object.entries(task.uses)) {
      const limit = plan.limits[name]
      if (limit === undefined || demand <= limit) continue
      const message = `task ${quote(task.id)} uses ${demand} of ${quote(name)}, of which there are ${limit}: it could never start`
      yield {
        code: 'WS_PLAN_OVER_LIMIT',
        severity: 'error',
        message,
        hint: 'raise the limit, or let the task use less',
        at: [...at, 'uses', name],
      }
    }
  }
}

function* overBudget(
  limit: number,
  total: number,
  whose: string,
  at: DocumentPath,
): Generator<Finding, void, undefined> {
  if (total <= limit) return
  const message = `the budget of ${whose} is ${usd(limit)}, but its tasks are expected to cost ${usd(total)}`
  yield {
    code: 'WS_PLAN_OVER_BUDGET',
    severity: 'error',
    message,
    hint: 'raise the budget, or lower the estimates',
    at,
  }
}

/** Up to whole cents, so that the advice is enough. */
function needed(total: number, stopAt = defaultStopAt): number {
  return Math.ceil((total / stopAt) * 100 - 1e-6) / 100
}

/** Ten times 0.1 must not be more than 1. */
function sum(tasks: readonly OutlineTask[]): number {
  return Math.round(tasks.reduce((total, { estimate }) => total + (estimate?.usd ?? 0), 0) * 1e6) / 1e6
}

function usd(amount: number): string {
  return `$${Number.isInteger(amount) ? amount : amount.toFixed(2)}`
}
