import { WsError } from '../errors/ws-error.ts'
import { nearestName } from '../words/nearest-name.ts'
import type { PlanNeeds } from './plan-needs.ts'
import { list, quote } from './problem/describe-issue.ts'
import type { Workstream } from './workstream.ts'

/** Which part of a plan is run. Without anything, all of it. */
export interface TaskSelection {
  /** Ids of workstreams; `*` stands for any text. */
  readonly only?: readonly string[]
  /** Ids, labels or phases of tasks; `*` stands for any text. */
  readonly steps?: readonly string[]
  /** Take along what the selected tasks need. @default false */
  readonly withNeeds?: boolean
  /** Tasks that have succeeded before: these may be needed without being selected. */
  readonly done?: Iterable<string>
}

/**
 * The positions of the selected tasks, in the order of the plan.
 * @throws `WS_SELECTION_UNKNOWN` for names that match nothing; `WS_SELECTION_NEEDS` where a selected task needs one
 * that is neither selected nor done.
 */
export function selectTasks(
  plan: PlanNeeds<Workstream>,
  { only, steps, withNeeds = false, done = [] }: TaskSelection,
): number[] {
  const workstreams = [...new Set(plan.tasks.map(({ workstream }) => workstream.id))]
  const names = plan.tasks.map(({ task }) =>
    [task.id, task.label, task.phase].filter((name) => name !== undefined),
  )
  if (only !== undefined) requireKnown('workstream', only, workstreams)
  if (steps !== undefined) requireKnown('step', steps, [...new Set(names.flat())])
  const finished = new Set(done)
  const isWanted = (position: number) =>
    matchesAny(only, [plan.tasks[position]!.workstream.id]) && matchesAny(steps, names[position]!)
  const selected = new Set([...plan.tasks.keys()].filter(isWanted))
  const missing = new Set<string>()
  const line = [...selected]
  for (const position of line) {
    for (const need of neededBy(plan, position)) {
      const { id } = plan.tasks[need]!.task
      if (selected.has(need) || finished.has(id)) continue
      if (!withNeeds) missing.add(id)
      else {
        selected.add(need)
        line.push(need)
      }
    }
  }
  if (missing.size > 0) throw needsMissing([...missing])
  return [...selected].toSorted((a, b) => a - b)
}

function* neededBy(
  { tasks, needs, landed }: PlanNeeds,
  position: number,
): Generator<number, void, undefined> {
  yield* needs[position]!
  const awaited = landed[position]!
  if (awaited.length === 0) return
  for (const [other, { workstream }] of tasks.entries()) if (awaited.includes(workstream.id)) yield other
}

function requireKnown(kind: string, wanted: readonly string[], names: readonly string[]): void {
  const unknown = wanted.filter((pattern) => !names.some((name) => matches(pattern, name)))
  if (unknown.length === 0) return
  const nearest = unknown.flatMap((name) => nearestName(name, names) ?? [])
  throw new WsError('WS_SELECTION_UNKNOWN', `no ${kind} of the plan is called ${list(unknown.map(quote))}`, {
    details: { unknown, names },
    hint:
      nearest.length > 0 ? `did you mean ${list(nearest.map(quote))}?` : `expected ${list(names, 'or', 8)}`,
  })
}

function needsMissing(missing: readonly string[]): WsError {
  return new WsError(
    'WS_SELECTION_NEEDS',
    `what was selected needs ${list(missing.map(quote), 'and', 8)}, which was not and has not succeeded before`,
    {
      details: { missing },
      hint: 'take along what is needed (withNeeds), or run that first',
    },
  )
}

function matchesAny(patterns: readonly string[] | undefined, names: readonly string[]): boolean {
  return patterns === undefined || patterns.some((pattern) => names.some((name) => matches(pattern, name)))
}

/** `*` is any text, everything else itself. */
function matches(pattern: string, name: string): boolean {
  const [first = '', ...others] = pattern.split('*')
  const last = others.pop()
  if (last === undefined) return pattern === name
  if (!name.startsWith(first) || name.length < first.length + last.length || !name.endsWith(last))
    return false
  let at = first.length
  for (const part of others) {
    const found = name.indexOf(part, at)
    if (found === -1 || found + part.length > name.length - last.length) return false
    at = found + part.length
  }
  return true
}
