import { Heap } from '../machine/heap.ts'
import type { HeapOptions, Places } from '../machine/heap.ts'
import type { HotLine } from './hot-line.ts'
import type { ReadyClass } from './ready-class.ts'
import type { TaskState, WorkstreamState } from './run-state.ts'
import { compareTasks, effectiveLevel } from './task-order.ts'

/** Ready tasks of one class that share a fate: their workstreams claim the same, or are one and the same. */
export class ReadyGroup {
  readonly cls: ReadyClass
  /** What its workstreams share; nothing for the group of one workstream alone. */
  key: number | undefined
  /** The most urgent of its tasks, and mostly the only one. */
  first: TaskState
  #others: Heap<TaskState> | undefined
  /** The line for what is claimed by many, where it stands in one. */
  line: HotLine | undefined
  parkedBehind: string | undefined
  /** Whether it is parked behind one who is in the way of its whole line. */
  isParkedForAll = false
  // What its first task is ordered by, copied when the group is moved: a long heap is compared from these alone.
  level = 0
  criticalMs = 0
  contention = 0
  index = 0
  /** The heap that it lies in, and its place there. */
  heap: Heap<ReadyGroup> | undefined
  place: number | undefined

  constructor(cls: ReadyClass, key: number | undefined, first: TaskState) {
    this.cls = cls
    this.key = key
    this.first = first
  }

  get size(): number {
    return 1 + (this.#others?.size ?? 0)
  }

  /** Its tasks: the first one, then the others in no particular order. */
  *tasks(): Generator<TaskState> {
    yield this.first
    if (this.#others !== undefined) yield* this.#others.values()
  }

  add(task: TaskState): void {
    this.#others ??= new Heap(compareTasks)
    const isFirst = compareTasks(task, this.first) < 0
    this.#others.put(isFirst ? this.first : task)
    if (isFirst) this.first = task
  }

  /** Takes one of several tasks out. */
  delete(task: TaskState): void {
    if (task === this.first) this.first = this.#others!.take()!
    else this.#others!.delete(task)
  }

  /** Puts its tasks in order after ranks changed. */
  reorder(): void {
    const others = this.#others
    if (others === undefined || others.size === 0) return
    others.put(this.first)
    others.reorder()
    this.first = others.take()!
  }

  /** A workstream that has started runs one task at a time. */
  get isBusy(): boolean {
    const { running, isStarted } = this.first.workstream
    return running > 0 && isStarted
  }

  /** Takes over what its first task is ordered by now. */
  rank(): void {
    const { first } = this
    this.level = effectiveLevel(first)
    this.criticalMs = first.criticalMs
    this.contention = first.workstream.contention
    this.index = first.index
  }

  /** Puts it into a heap, or to its new place in the one where it is. */
  moveTo(heap: Heap<ReadyGroup> | undefined): void {
    if (this.heap !== heap) this.heap?.delete(this)
    this.heap = heap
    heap?.put(this)
  }
}

const groupPlaces: Places<ReadyGroup> = {
  get: (group) => group.place,
  set: (group, at) => (group.place = at),
  delete: (group) => (group.place = undefined),
}

/** Beyond these a rank tells no difference, and leaves it to the comparison: together they fill a number's whole part. */
const mostLevel = 2 ** 12
const mostMs = 2 ** 40

/** Never greater for a group that comes first. Levels that are not whole are only told from whole ones. */
function rankOf({ level, criticalMs }: Pick<ReadyGroup, 'level' | 'criticalMs'>): number {
  if (level > mostLevel) return mostLevel * mostMs
  if (level < -mostLevel) return -(mostLevel + 1) * mostMs
  const whole = Math.floor(level)
  return whole * mostMs - (whole === level ? Math.min(Math.floor(criticalMs), mostMs - 1) : 0)
}

/** For heaps of groups, of which a group lies in one at a time. */
export const groupHeap = { places: groupPlaces, rank: rankOf } satisfies HeapOptions<ReadyGroup>

/** What a group is ordered by. */
export type GroupOrder = Pick<ReadyGroup, 'level' | 'criticalMs' | 'contention' | 'index'>

/** `compareTasks` of their first tasks. */
export function compareGroups(a: GroupOrder, b: GroupOrder): number {
  return a.level - b.level || b.criticalMs - a.criticalMs || b.contention - a.contention || a.index - b.index
}

/**
 * What a workstream shares with all that claim the same: what blocks one blocks all. Nothing where nobody claims the
 * same, and where it is exempt.
 */
export function groupKey(workstream: WorkstreamState): number | undefined {
  const { claimsKey, spec } = workstream
  if (claimsKey === undefined || isExempt(workstream)) return undefined
  // A cap on landings holds back only what lands.
  return 2 * claimsKey + Number(spec.lands)
}

/**
 * Whether it need not share the fate of those that claim the same: it has begun, or an order, who took its paths over,
 * or that it is itself a barrier may let it pass what blocks them.
 */
export function isExempt({ isStarted, isBarrier, before, after, heirs }: WorkstreamState): boolean {
  return isStarted || isBarrier || before.length > 0 || after.length > 0 || heirs.length > 0
}
