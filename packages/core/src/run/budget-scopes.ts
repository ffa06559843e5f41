import type { TaskState } from './run-state.ts'

/** The scopes that an attempt is booked in. Plain commands and persons cost nothing that we meter. */
export function budgetScopes(
  task: TaskState,
  tool: string | undefined,
  account: string | undefined,
  at: number,
): readonly string[] {
  if (task.spec.kind !== 'tool') return []
  const scopes = [`run/${task.run.id}`, `workstream/${task.workstream.key}`, userDay(task.run.spec.user, at)]
  if (tool !== undefined) scopes.push(`tool/${tool}`)
  if (account !== undefined) scopes.push(`account/${account}`)
  return scopes
}

/** A user's budget is for a day, counted in UTC. */
function userDay(user: string, at: number): string {
  return `user/${user}/${Math.floor(at / dayMs)}`
}

/** When the day after `at` begins. */
export function nextDay(at: number): number {
  return (Math.floor(at / dayMs) + 1) * dayMs
}

const dayMs = 24 * 60 * 60_000
