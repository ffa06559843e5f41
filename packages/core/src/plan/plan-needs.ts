import { CompactGraph } from '../graph/compact-graph.ts'
import { Precedence } from '../graph/precedence.ts'
import type { DocumentPath } from './problem/plan-problem.ts'
import type { OutlineTask, OutlineWorkstream, PlanOutline } from './outline.ts'

/** A task with its place in the plan. */
export interface PlacedTask<W extends OutlineWorkstream = OutlineWorkstream> {
  readonly task: W['tasks'][number]
  readonly workstream: W
  readonly at: DocumentPath
}

/** What waits for what, once workstreams' needs and steps are spelled out for their tasks. */
export interface PlanNeeds<W extends OutlineWorkstream = OutlineWorkstream> {
  /** In the order of the plan. Everything below is by position in this list. */
  readonly tasks: readonly PlacedTask<W>[]
  readonly positions: ReadonlyMap<string, number>
  /** Tasks that each one needs to have succeeded, by its own needs and by those of its workstream. */
  readonly needs: readonly (readonly number[])[]
  /** Workstreams that each one needs to have landed. */
  readonly landed: readonly (readonly string[])[]
}

/** Why one workstream waits for another as a whole. */
interface WorkstreamNeed {
  readonly workstream: string
  readonly because: 'needs' | 'order'
}

interface NeedingPlan<W extends OutlineWorkstream> {
  readonly workstreams: readonly W[]
  readonly order?: PlanOutline['order']
}

/**
 * Spells out who needs whom: where a workstream needs another, each of its first tasks needs each last task of the
 * other. A workstream that starts from the target waits until what it needs has landed there.
 */
export function planNeeds<W extends OutlineWorkstream>(plan: NeedingPlan<W>): PlanNeeds<W> {
  const tasks = placedTasks(plan)
  const positions = new Map<string, number>()
  for (const [position, { task }] of tasks.entries())
    if (!positions.has(task.id)) positions.set(task.id, position)
  const own = tasks.map(({ task }, position) =>
    knownNeeds(task, positions).filter((need) => need !== position),
  )
  const members = membersOf(tasks, own)
  const between = workstreamNeeds(plan)
  const needs: number[][] = []
  const landed: string[][] = []
  for (const [position, { workstream }] of tasks.entries()) {
    const isOnTarget = startsFromTarget(workstream)
    const isFirst = members.get(workstream.id)?.first.includes(position) === true
    const wanted = new Set<number>()
    const awaited = new Set<string>()
    const wait = (id: string) => {
      if (isOnTarget) awaited.add(id)
      else for (const last of members.get(id)?.last ?? []) wanted.add(last)
    }
    for (const need of own[position]!) {
      const other = tasks[need]!.workstream.id
      if (isOnTarget && other !== workstream.id) awaited.add(other)
      else wanted.add(need)
    }
    if (isFirst) for (const { workstream: id } of between.get(workstream.id) ?? []) wait(id)
    needs.push([...wanted])
    landed.push([...awaited])
  }
  return { tasks, positions, needs, landed }
}

/** For each workstream the others that it needs as a whole, those that exist, each once. */
export function workstreamNeeds({
  workstreams,
  order = [],
}: NeedingPlan<OutlineWorkstream>): Map<string, WorkstreamNeed[]> {
  const known = new Set(workstreams.map(({ id }) => id))
  const found = new Map<string, WorkstreamNeed[]>()
  const add = (id: string, workstream: string, because: WorkstreamNeed['because']) => {
    const list = found.get(id) ?? []
    if (id === workstream || !known.has(workstream) || list.some((need) => need.workstream === workstream))
      return
    list.push({ workstream, because })
    found.set(id, list)
  }
  for (const { id, needs } of workstreams) for (const need of needs) add(id, need, 'needs')
  let before: readonly string[] = []
  const placed = new Set<string>()
  for (const step of order) {
    const isParallel = 'parallel' in step
    const named = isParallel ? step.parallel : step.sequential
    // The first place counts; that a second one is a mistake is said elsewhere.
    const members = named.filter((id) => known.has(id) && !placed.has(id) && placed.add(id))
    for (const [index, id] of members.entries()) {
      const previous = index > 0 && !isParallel ? [members[index - 1]!] : before
      for (const need of previous) add(id, need, 'order')
    }
    if (members.length > 0) before = members
  }
  return found
}

/** Whether a workstream starts from the target, on which all that it needs has landed: work that only verifies does. */
function startsFromTarget({ baseOn, claims = [], tasks }: OutlineWorkstream): boolean {
  if (baseOn !== undefined) return baseOn === 'target'
  return claims.length === 0 && tasks.length > 0 && tasks.every(({ role }) => role === 'verify')
}

/**
 * The whole order of the tasks as a graph, landings included.
 * `undefined` where some wait for each other.
 */
export function precedenceOf({ tasks, needs, landed }: PlanNeeds): Precedence | undefined {
  const lasts = membersOf(tasks, needs)
  const all = needs.map((list, position) => {
    const awaited = landed[position]!.flatMap((id) => lasts.get(id)?.last ?? [])
    return awaited.length === 0 ? list : [...new Set([...list, ...awaited])]
  })
  const graph = CompactGraph.fromNeeds(all)
  return graph.cycles().length > 0 ? undefined : new Precedence(graph)
}

/** Whether, of two workstreams, every task of one comes before every task of the other. */
export function orderOf(needs: PlanNeeds, precedence: Precedence): (a: string, b: string) => boolean {
  const members = membersOf(needs.tasks, needs.needs)
  const isBefore = (a: string, b: string) => {
    const last = members.get(a)?.last ?? []
    const first = members.get(b)?.first ?? []
    return last.every((end) => first.every((start) => precedence.precedes(end, start)))
  }
  return (a, b) => isBefore(a, b) || isBefore(b, a)
}

interface Members {
  /** Those that need nothing of their own workstream. */
  readonly first: number[]
  /** Those that nothing of their own workstream needs. */
  readonly last: number[]
}

function membersOf(
  tasks: readonly PlacedTask[],
  needs: readonly (readonly number[])[],
): Map<string, Members> {
  const members = new Map<string, Members>()
  const needed = new Set<number>()
  const isInside = (need: number, position: number) =>
    tasks[need]!.workstream.id === tasks[position]!.workstream.id
  for (const [position, list] of needs.entries())
    for (const need of list) if (isInside(need, position)) needed.add(need)
  for (const [position, { workstream }] of tasks.entries()) {
    const entry = members.get(workstream.id) ?? { first: [], last: [] }
    members.set(workstream.id, entry)
    if (!needs[position]!.some((need) => isInside(need, position))) entry.first.push(position)
    if (!needed.has(position)) entry.last.push(position)
  }
  return members
}

function placedTasks<W extends OutlineWorkstream>({ workstreams }: NeedingPlan<W>): PlacedTask<W>[] {
  return workstreams.flatMap((workstream, index) =>
    workstream.tasks.map((task, place) => ({ task, workstream, at: ['workstreams', index, 'tasks', place] })),
  )
}

function knownNeeds({ needs }: OutlineTask, positions: ReadonlyMap<string, number>): number[] {
  return [...new Set(needs)].flatMap((need) => positions.get(need) ?? [])
}
