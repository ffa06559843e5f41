import { nearestName } from '../../words/nearest-name.ts'
import type { DocumentPath, Finding, PlanProblemCode } from '../problem/plan-problem.ts'
import { list, quote } from '../problem/describe-issue.ts'
import type { CheckContext } from './context.ts'

/** More names than these are no help. */
const shownNames = 8

/** Needs, and steps of the order, that name nothing or the one who needs. */
export function* checkNeeds({ plan, needs }: CheckContext): Generator<Finding, void, undefined> {
  const tasks = new Set(needs.tasks.map(({ task }) => task.id).filter((id) => id !== ''))
  const workstreams = new Set(plan.workstreams.map(({ id }) => id).filter((id) => id !== ''))
  for (const { task, workstream, at } of needs.tasks) {
    for (const [index, need] of task.needs.entries()) {
      const place = [...at, 'needs', index]
      if (need === '') continue
      if (need === task.id) yield self('task', need, place)
      else if (!tasks.has(need)) {
        const isWorkstream = workstreams.has(need)
        const hint =
          isWorkstream && need !== workstream.id
            ? `it is a workstream: list it under the needs of workstream ${quote(workstream.id)}`
            : undefined
        const message = `task ${quote(task.id)} needs ${quote(need)}, which no task is called`
        yield unknown('WS_PLAN_UNKNOWN_NEED', message, hint ?? suggestion(need, tasks), place)
      }
    }
  }
  for (const [index, { id, needs: wanted }] of plan.workstreams.entries()) {
    for (const [position, need] of wanted.entries()) {
      const place = ['workstreams', index, 'needs', position]
      if (need === '') continue
      if (need === id) yield self('workstream', need, place)
      else if (!workstreams.has(need)) {
        const hint = tasks.has(need)
          ? 'it is a task: list it under the needs of the task that waits for it'
          : suggestion(need, workstreams)
        yield unknown(
          'WS_PLAN_UNKNOWN_NEED',
          `workstream ${quote(id)} needs ${quote(need)}, which no workstream is called`,
          hint,
          place,
        )
      }
    }
  }
  yield* checkOrder(plan.order ?? [], workstreams)
}

function* checkOrder(
  order: NonNullable<CheckContext['plan']['order']>,
  workstreams: ReadonlySet<string>,
): Generator<Finding, void, undefined> {
  const seen = new Set<string>()
  for (const [index, step] of order.entries()) {
    const key = 'parallel' in step ? 'parallel' : 'sequential'
    const members = 'parallel' in step ? step.parallel : step.sequential
    for (const [position, id] of members.entries()) {
      const place = ['order', index, key, position]
      if (!workstreams.has(id)) {
        yield unknown(
          'WS_PLAN_ORDER',
          `the order names ${quote(id)}, which no workstream is called`,
          suggestion(id, workstreams),
          place,
        )
      } else if (seen.has(id)) {
        yield unknown(
          'WS_PLAN_ORDER',
          `the order names ${quote(id)} twice`,
          'name it in one step only',
          place,
        )
      }
      seen.add(id)
    }
  }
}

/** What may have been meant. */
export function suggestion(name: string, names: ReadonlySet<string>): string {
  const nearest = nearestName(name, names)
  if (nearest !== undefined) return `did you mean ${quote(nearest)}?`
  return names.size === 0 ? 'there is none' : `expected one of ${list([...names], 'or', shownNames)}`
}

function self(kind: string, id: string, at: DocumentPath): Finding {
  const message = `${kind} ${quote(id)} needs itself`
  return { code: 'WS_PLAN_SELF_NEED', severity: 'error', message, hint: 'take it out', at }
}

function unknown(code: PlanProblemCode, message: string, hint: string, at: DocumentPath): Finding {
  return { code, severity: 'error', message, hint, at }
}
