import { Heap } from '../machine/heap.ts'
import type { Places } from '../machine/heap.ts'
import type { RunState, TaskState, WorkstreamState } from './run-state.ts'
import { compareTasks, effectiveLevel } from './task-order.ts'

/**
 * Ready tasks, so arranged that a decision looks at few of them:
 *
 *   class   same run, tools and demands: what limits one limits all, so only its first counts
 *     └ group  same claims, or one workstream: what blocks one blocks all; parked as a whole, behind a holder
 *         └ task
 *
 * A group is offered (lies in its class's heap) unless it is empty, parked, or its workstream is busy.
 */
export class ReadyQueue {
  readonly #classes = new Map<string, ReadyClass>()
  readonly #groupOf = new Map<TaskState, ReadyGroup>()
  /** Groups behind a holder. */
  readonly #behind = new Map<string, Set<ReadyGroup>>()
  /** Tasks that wait for money in a scope. */
  readonly #unfunded = new Map<string, Set<TaskState>>()
  readonly #scopeOf = new Map<TaskState, string>()

  classes(): Iterable<ReadyClass> {
    return this.#classes.values()
  }

  /** The classes that offer a task. */
  *offers(): Generator<ReadyClass> {
    for (const cls of this.#classes.values()) if (cls.head !== undefined) yield cls
  }

  add(task: TaskState): void {
    let cls = this.#classes.get(task.classKey)
    if (cls === undefined) this.#classes.set(task.classKey, (cls = new ReadyClass(task)))
    const key = groupKey(task)
    let group = cls.groups.get(key)
    if (group === undefined) cls.groups.set(key, (group = new ReadyGroup(cls, key)))
    group.tasks.put(task)
    this.#groupOf.set(task, group)
    offer(group)
  }

  /** Takes a task out, wherever it waits. */
  remove(task: TaskState): void {
    this.fund(task)
    this.#leave(task)
  }

  has(task: TaskState): boolean {
    return this.#groupOf.has(task)
  }

  /** Puts the workstream's ready tasks where they belong, after it started, got busy, idle or more urgent. */
  refresh(workstream: WorkstreamState): void {
    if (workstream.queued === 0) return
    const ready = workstream.tasks.filter((task) => this.#groupOf.has(task))
    if (ready.length === 1) return this.#settle(this.#groupOf.get(ready[0]!)!, ready)
    const groups = Map.groupBy(ready, (task) => this.#groupOf.get(task)!)
    // All leave their heaps before any comes back: a heap cannot bear several changed ranks at once.
    for (const group of groups.keys()) group.cls.offered.delete(group)
    for (const [group, tasks] of groups) this.#settle(group, tasks)
  }

  /** Orders a run's ready tasks anew after their ranks changed under them. */
  rerank(run: RunState): void {
    for (const cls of this.#classes.values()) {
      if (cls.sample.run !== run) continue
      for (const group of cls.groups.values()) {
        cls.offered.delete(group)
        group.tasks.reorder()
      }
      for (const group of cls.groups.values()) offer(group)
    }
  }

  /** Sets the task's whole group aside, behind a holder. */
  park(task: TaskState, holder: string): void {
    const group = this.#groupOf.get(task)
    if (group === undefined) return
    this.#unpark(group)
    group.parkedBehind = holder
    const line = this.#behind.get(holder)
    if (line === undefined) this.#behind.set(holder, new Set([group]))
    else line.add(group)
    offer(group)
  }

  /** Offers again all that was parked behind the holder. */
  unpark(holder: string): void {
    for (const group of this.#behind.get(holder) ?? []) {
      group.parkedBehind = undefined
      offer(group)
    }
    this.#behind.delete(holder)
  }

  /** Behind whom the task is parked. */
  parkedBehind(task: TaskState): string | undefined {
    return this.#groupOf.get(task)?.parkedBehind
  }

  /** Sets one task aside until the scope has money. */
  defund(task: TaskState, scope: string): void {
    this.remove(task)
    this.#scopeOf.set(task, scope)
    const waiting = this.#unfunded.get(scope)
    if (waiting === undefined) this.#unfunded.set(scope, new Set([task]))
    else waiting.add(task)
  }

  unfunded(scope: string): Iterable<TaskState> {
    return this.#unfunded.get(scope) ?? []
  }

  /** Scopes that somebody waits for. */
  scopes(): Iterable<string> {
    return this.#unfunded.keys()
  }

  unfundedScope(task: TaskState): string | undefined {
    return this.#scopeOf.get(task)
  }

  /** Takes a task from the line for money; the caller adds it again where it is still ready. */
  fund(task: TaskState): void {
    const scope = this.#scopeOf.get(task)
    if (scope === undefined) return
    this.#scopeOf.delete(task)
    const waiting = this.#unfunded.get(scope)
    waiting?.delete(task)
    if (waiting?.size === 0) this.#unfunded.delete(scope)
  }

  /** Puts those tasks of a group which are of one workstream, and the group, where they belong now. */
  #settle(group: ReadyGroup, tasks: readonly TaskState[]): void {
    const key = groupKey(tasks[0]!)
    if (group.key !== key) {
      // A group of one workstream alone, which it mostly is, need not leave its place when the workstream starts.
      if (group.tasks.size > tasks.length || group.cls.groups.has(key)) return this.#move(tasks)
      this.#unpark(group)
      group.cls.groups.delete(group.key)
      group.key = key
      group.cls.groups.set(key, group)
    }
    group.tasks.reorder()
    offer(group)
  }

  #move(tasks: readonly TaskState[]): void {
    for (const task of tasks) {
      this.#leave(task)
      this.add(task)
    }
  }

  #leave(task: TaskState): void {
    const group = this.#groupOf.get(task)
    if (group === undefined) return
    this.#groupOf.delete(task)
    if (group.tasks.size === 1) this.#drop(group)
    group.tasks.delete(task)
    if (group.tasks.size > 0) offer(group)
  }

  #unpark(group: ReadyGroup): void {
    if (group.parkedBehind === undefined) return
    const line = this.#behind.get(group.parkedBehind)
    line?.delete(group)
    if (line?.size === 0) this.#behind.delete(group.parkedBehind)
    group.parkedBehind = undefined
  }

  #drop(group: ReadyGroup): void {
    this.#unpark(group)
    group.cls.offered.delete(group)
    group.cls.groups.delete(group.key)
    if (group.cls.groups.size === 0) this.#classes.delete(group.cls.key)
  }
}

/** Tasks of one run that need the same tools, account and resources. */
export class ReadyClass {
  readonly key: string
  /** Any task of the class: what it demands, all demand. */
  readonly sample: TaskState
  readonly groups = new Map<string, ReadyGroup>()
  readonly offered = new Heap<ReadyGroup>(compareGroups, groupPlaces)

  constructor(sample: TaskState) {
    this.key = sample.classKey
    this.sample = sample
  }

  /** Behind whom each group is parked; `undefined` for one that is offered or busy. */
  *blockers(): Generator<string | undefined> {
    for (const group of this.groups.values()) yield group.parkedBehind
  }

  get head(): TaskState | undefined {
    return this.offered.peek()?.first
  }
}

class ReadyGroup {
  readonly cls: ReadyClass
  key: string
  readonly tasks = new Heap<TaskState>(compareTasks)
  parkedBehind: string | undefined
  // What its first task is ordered by, copied when the group is offered: a long heap is compared from these alone.
  level = 0
  criticalMs = 0
  contention = 0
  index = 0
  /** Its place among the offered. */
  place: number | undefined

  constructor(cls: ReadyClass, key: string) {
    this.cls = cls
    this.key = key
  }

  get first(): TaskState {
    return this.tasks.peek()!
  }
}

const groupPlaces: Places<ReadyGroup> = {
  get: (group) => group.place,
  set: (group, at) => (group.place = at),
  delete: (group) => (group.place = undefined),
}

/** Moves a group in or out of its class's heap, or to its new place in it. */
function offer(group: ReadyGroup): void {
  const { first } = group
  const isBusy = first.workstream.running > 0 && first.workstream.isStarted
  if (isBusy || group.parkedBehind !== undefined) {
    group.cls.offered.delete(group)
    return
  }
  group.level = effectiveLevel(first)
  group.criticalMs = first.criticalMs
  group.contention = first.workstream.contention
  group.index = first.index
  group.cls.offered.put(group)
}

/** `compareTasks` of their first tasks. */
function compareGroups(a: ReadyGroup, b: ReadyGroup): number {
  return a.level - b.level || b.criticalMs - a.criticalMs || b.contention - a.contention || a.index - b.index
}

/**
 * Before it starts, a workstream shares the fate of all that claim the same, unless an order exempts it from what
 * blocks them; from then on it stands alone, and runs one task at a time.
 */
function groupKey({ workstream }: TaskState): string {
  const { isStarted, before, after, key, spec, claimsKey } = workstream
  if (isStarted || before.size > 0 || after.size > 0) return `workstream:${key}`
  // A cap on landings holds back only what lands.
  return `${spec.lands ? 'lands' : 'stays'}:${claimsKey}`
}
