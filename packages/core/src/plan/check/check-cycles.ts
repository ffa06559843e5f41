import { CompactGraph } from '../../graph/compact-graph.ts'
import { findWorkstreamCycle, type WorkstreamCycle } from '../../graph/workstream-cycle.ts'
import { Precedence } from '../../graph/precedence.ts'
import { planNeeds, type PlacedTask, workstreamNeeds } from '../plan-needs.ts'
import { quote } from '../problem/describe-issue.ts'
import type { DocumentPath, Finding } from '../problem/plan-problem.ts'
import type { CheckContext } from './context.ts'

/** A longer circle is shown by its first members. */
const shownMembers = 8

/** Tasks, and then workstreams, that wait for each other. */
export function* checkCycles({
  plan,
  needs: { tasks, positions },
}: CheckContext): Generator<Finding, void, undefined> {
  const own = tasks.map(({ task }, position) => [
    ...new Set(task.needs.flatMap((need) => positions.get(need) ?? []).filter((need) => need !== position)),
  ])
  const graph = CompactGraph.fromNeeds(own)
  const knots = new Set<string>()
  for (const cycle of graph.cycles()) {
    for (const member of cycle) knots.add(tasks[member]!.workstream.id)
    yield taskCycle(cycle.map((member) => tasks[member]!))
  }
  // Where tasks wait for each other, their workstreams do too: that was said already.
  let workstreams = plan.workstreams.filter(({ id }) => !knots.has(id))
  for (;;) {
    const rest = { workstreams, order: plan.order }
    const expanded = everyEdge(planNeeds(rest))
    const cycle = findWorkstreamCycle(expanded)
    if (cycle === undefined) return
    yield workstreamCycle(cycle, {
      rest,
      tasks,
      positions,
      precedence: knots.size > 0 ? undefined : new Precedence(graph),
    })
    workstreams = workstreams.filter(({ id }) => !cycle.workstreams.includes(id))
  }
}

/** The tasks as `findWorkstreamCycle` reads them; a wait for a landing is a wait for the tasks of what lands. */
function everyEdge({ tasks, needs, landed }: ReturnType<typeof planNeeds>) {
  return tasks.map(({ task, workstream }, position) => {
    const awaited = landed[position]!
    const ids =
      awaited.length === 0
        ? []
        : tasks.filter((other) => awaited.includes(other.workstream.id)).map((other) => other.task.id)
    // A task's own needs come first, so that they are named rather than what follows from other settings.
    const named = task.needs.filter((need) => need !== '')
    return {
      id: task.id,
      workstream: workstream.id,
      needs: [...named, ...needs[position]!.map((need) => tasks[need]!.task.id), ...ids],
    }
  })
}

function taskCycle(members: readonly PlacedTask[]): Finding {
  const first = members[0]!
  // Each is needed by the next, so the chain of needs runs backwards, from the first to the last and on.
  const chain = [first, ...members.slice(1).toReversed(), first].map(({ task }) => quote(task.id))
  const links = chain.slice(1).map((need, index) => `${chain[index]} needs ${need}`)
  const closing = first.task.needs.indexOf(members.at(-1)!.task.id)
  return {
    code: 'WS_PLAN_CYCLE',
    severity: 'error',
    message: `tasks wait for each other: ${shorten(links)}`,
    hint: 'take one of these needs out, or split a task',
    at: [...first.at, 'needs', closing],
  }
}

interface CycleContext {
  readonly rest: Parameters<typeof workstreamNeeds>[0]
  readonly tasks: readonly PlacedTask[]
  readonly positions: ReadonlyMap<string, number>
  readonly precedence: Precedence | undefined
}

function workstreamCycle({ workstreams, edges }: WorkstreamCycle, context: CycleContext): Finding {
  const between = workstreamNeeds(context.rest)
  const causes = edges.map((edge, index) => {
    const id = workstreams[(index + 1) % workstreams.length]!
    const need = workstreams[index]!
    const placed = context.tasks[context.positions.get(edge.to)!]!
    const position = placed.task.needs.indexOf(edge.from)
    if (position !== -1) {
      return {
        text: `task ${quote(edge.to)} of ${quote(id)} needs ${quote(edge.from)} of ${quote(need)}`,
        at: [...placed.at, 'needs', position],
      }
    }
    return wholeCause(id, need, between, placed)
  })
  const last = causes.at(-1)!
  const split = splitOf({ workstreams, edges }, context)
  return {
    code: 'WS_PLAN_WORKSTREAM_CYCLE',
    severity: 'error',
    message: `workstreams wait for each other: ${shorten(causes.map(({ text }) => text))}`,
    hint: split ?? 'take one of these needs out',
    at: last.at,
  }
}

function wholeCause(
  id: string,
  need: string,
  between: ReturnType<typeof workstreamNeeds>,
  { at, workstream }: PlacedTask,
): { text: string; at: DocumentPath } {
  const because = between.get(id)?.find((entry) => entry.workstream === need)?.because
  const place = at.slice(0, 2)
  if (because === 'order')
    return { text: `${quote(id)} comes after ${quote(need)} in the order`, at: ['order'] }
  const position = workstream.needs.indexOf(need)
  return {
    text: `${quote(id)} needs ${quote(need)}`,
    at: position === -1 ? place : [...place, 'needs', position],
  }
}

/** A workstream of the circle that can be taken apart: what it waits with does not lead to what it is waited for. */
function splitOf(
  { workstreams, edges }: WorkstreamCycle,
  { tasks, positions, precedence }: CycleContext,
): string | undefined {
  if (precedence === undefined) return undefined
  for (const [index, id] of workstreams.entries()) {
    const waits = edges.at(index - 1)!
    const awaited = edges[index]!
    const [waiting, wanted] = [positions.get(waits.to)!, positions.get(awaited.from)!]
    const isOwnNeed = tasks[waiting]!.task.needs.includes(waits.from)
    if (!isOwnNeed || waiting === wanted || precedence.precedes(waiting, wanted)) continue
    return `split ${quote(id)}: move ${quote(waits.to)}, and what follows it, into a workstream of its own`
  }
  return undefined
}

function shorten(links: readonly string[]): string {
  const hidden = links.length - shownMembers
  return hidden > 0 ? `${links.slice(0, shownMembers).join(', ')}, and ${hidden} more` : links.join(', ')
}
