import { formatPath, type DocumentPath, type Finding } from '../problem/plan-problem.ts'
import { quote } from '../problem/describe-issue.ts'
import type { CheckContext } from './context.ts'

/** Names that are there twice. Case does not tell two apart: they become branches, folders and files. */
export function* checkIds({ plan, needs }: CheckContext): Generator<Finding, void, undefined> {
  yield* twice(
    'workstream',
    plan.workstreams.map(({ id }, index) => ({ id, at: ['workstreams', index] })),
  )
  yield* twice(
    'task',
    needs.tasks.map(({ task, at }) => ({ id: task.id, at })),
  )
  const branches = new Map<string, string>()
  for (const [index, { id, branch }] of plan.workstreams.entries()) {
    if (branch === undefined) continue
    const owner = branches.get(branch.toLowerCase())
    branches.set(branch.toLowerCase(), id)
    if (owner === undefined) continue
    const message = `the branch ${quote(branch)} is that of workstream ${quote(owner)} too`
    const hint = 'give each workstream a branch of its own, or leave the names to the run'
    yield {
      code: 'WS_PLAN_BRANCH_TWICE',
      severity: 'error',
      message,
      hint,
      at: ['workstreams', index, 'branch'],
    }
  }
}

function* twice(
  kind: string,
  named: readonly { id: string; at: DocumentPath }[],
): Generator<Finding, void, undefined> {
  const seen = new Map<string, { id: string; at: DocumentPath }>()
  for (const entry of named) {
    if (entry.id === '') continue
    const first = seen.get(entry.id.toLowerCase())
    if (first === undefined) {
      seen.set(entry.id.toLowerCase(), entry)
      continue
    }
    const message =
      first.id === entry.id
        ? `there are two ${kind}s ${quote(entry.id)}`
        : `the ${kind}s ${quote(first.id)} and ${quote(entry.id)} differ only in case`
    yield {
      code: 'WS_PLAN_DUPLICATE_ID',
      severity: 'error',
      message,
      hint: `rename one; the first is at ${formatPath(first.at)}`,
      at: [...entry.at, 'id'],
    }
  }
}
