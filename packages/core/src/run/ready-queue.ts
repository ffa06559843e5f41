import type { ReadyClass } from './ready-class.ts'
import { groupKey } from './ready-group.ts'
import type { ReadyGroup } from './ready-group.ts'
import { ReadyRun } from './ready-run.ts'
import type { RunState, TaskState, WorkstreamState } from './run-state.ts'

/**
 * Ready tasks, so arranged that a decision looks at few of them:
 *
 *   run
 *     └ class   same tools and demands: what limits one limits all, so only its first counts
 *         └ group  same claims, or one workstream: what blocks one blocks all; parked as a whole, behind a holder
 *             └ task
 *
 * A group is offered (lies in its class's heap) unless it is empty, parked, hidden in the line for a claim that many
 * want, or its workstream is busy.
 */
export class ReadyQueue {
  readonly #runs = new Map<RunState, ReadyRun>()
  /** Groups behind a holder. */
  readonly #behind = new Map<string, Set<ReadyGroup>>()
  /** Tasks that wait for money in a scope. */
  readonly #unfunded = new Map<string, Set<TaskState>>()
  readonly #scopeOf = new Map<TaskState, string>()

  add(task: TaskState): void {
    const { run } = task
    let own = this.#runs.get(run)
    if (own === undefined) this.#runs.set(run, (own = new ReadyRun()))
    const group = own.classFor(task).add(task)
    task.group = group
    this.#settle(group)
  }

  /** The classes of a run, or of all. */
  *classes(only?: RunState): Generator<ReadyClass> {
    for (const [run, { classes }] of this.#runs)
      if (only === undefined || only === run) yield* classes.values()
  }

  /** The runs that have ready tasks. */
  runs(): Iterable<readonly [RunState, ReadyRun]> {
    return this.#runs
  }

  /** Behind whom tasks of the run are parked. */
  *blockersOf(run: RunState): Generator<string> {
    for (const [holder, groups] of this.#behind) {
      for (const { cls } of groups) {
        if (cls.sample.run !== run) continue
        yield holder
        break
      }
    }
  }

  /** The classes that offer a task. */
  *offers(): Generator<ReadyClass> {
    for (const { offers } of this.#runs.values()) yield* offers
  }

  /** Takes a task out, wherever it waits. */
  remove(task: TaskState): void {
    this.fund(task)
    this.#leave(task)
  }

  has(task: TaskState): boolean {
    return task.group !== undefined
  }

  /** Puts the workstream's ready tasks where they belong, after it started, got busy, idle or more urgent. */
  refresh(workstream: WorkstreamState): void {
    if (workstream.queued === 0) return
    const ready = workstream.tasks.filter(({ group }) => group !== undefined)
    if (ready.length === 1) return this.#move(ready[0]!.group!, ready)
    for (const [group, tasks] of Map.groupBy(ready, ({ group }) => group!)) this.#move(group, tasks)
  }

  /** Arranges a run's ready tasks anew after ranks, orders and what many want have changed under them. */
  rerank(run: RunState): void {
    const parked: (readonly [task: TaskState, holder: string, isForAll: boolean])[] = []
    const ready: TaskState[] = []
    for (const task of run.tasks.values()) {
      const { group } = task
      if (group === undefined) continue
      ready.push(task)
      if (group.parkedBehind !== undefined) parked.push([task, group.parkedBehind, group.isParkedForAll])
    }
    for (const task of ready) this.#leave(task)
    for (const task of ready) this.add(task)
    for (const [task, holder, isForAll] of parked) this.park(task, holder, isForAll)
  }

  /** Sets the task's whole group aside, behind a holder; `isForAll` where that is in the way of its whole line. */
  park(task: TaskState, holder: string, isForAll = false): void {
    const { group } = task
    if (group === undefined) return
    this.#unpark(group)
    group.parkedBehind = holder
    group.isParkedForAll = isForAll
    const line = this.#behind.get(holder)
    if (line === undefined) this.#behind.set(holder, new Set([group]))
    else line.add(group)
    this.#settle(group)
  }

  /** Offers again all that was parked behind the holder. */
  unpark(holder: string): void {
    const line = this.#behind.get(holder)
    if (line === undefined) return
    this.#behind.delete(holder)
    for (const group of line) {
      group.parkedBehind = undefined
      group.isParkedForAll = false
      this.#settle(group)
    }
  }

  /** Offers a parked task's whole group again. */
  offerAgain(task: TaskState): void {
    const group = task.group!
    this.#unpark(group)
    this.#settle(group)
  }

  /** Behind whom the task is parked. */
  parkedBehind(task: TaskState): string | undefined {
    return task.group?.parkedBehind
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
  #move(group: ReadyGroup, tasks: readonly TaskState[]): void {
    if (group.key !== groupKey(tasks[0]!.workstream)) {
      // Where all of it is of one workstream it need not leave its place when that starts.
      if (group.size > tasks.length || !group.cls.canPart(group)) {
        for (const task of tasks) {
          this.#leave(task)
          this.add(task)
        }
        return
      }
      this.#unpark(group)
      group.cls.part(group)
    }
    group.reorder()
    this.#settle(group)
  }

  #leave(task: TaskState): void {
    const { group } = task
    if (group === undefined) return
    task.group = undefined
    if (group.size === 1) return this.#drop(group)
    group.delete(task)
    this.#settle(group)
  }

  #settle(group: ReadyGroup): void {
    const { cls } = group
    cls.settle(group)
    cls.run.place(cls)
  }

  #unpark(group: ReadyGroup): void {
    if (group.parkedBehind === undefined) return
    const line = this.#behind.get(group.parkedBehind)
    line?.delete(group)
    if (line?.size === 0) this.#behind.delete(group.parkedBehind)
    group.parkedBehind = undefined
    group.isParkedForAll = false
  }

  #drop(group: ReadyGroup): void {
    const { cls } = group
    this.#unpark(group)
    cls.drop(group)
    cls.run.place(cls)
    if (cls.size > 0) return
    cls.run.classes.delete(cls.class)
    if (cls.run.classes.size === 0) this.#runs.delete(cls.sample.run)
  }
}
