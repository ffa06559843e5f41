import type { Claim } from '../claims/claim.ts'
import { Heap } from '../machine/heap.ts'
import { appended, noItems } from './appended.ts'
import { HotLine } from './hot-line.ts'
import { compareGroups, groupHeap, groupKey, isExempt, ReadyGroup } from './ready-group.ts'
import type { ReadyRun } from './ready-run.ts'
import type { TaskState, WorkstreamState } from './run-state.ts'
import type { TaskClass } from './task-class.ts'

/** Ready tasks of one run that need the same tools, account and resources. */
export class ReadyClass {
  readonly run: ReadyRun
  readonly class: TaskClass
  /** Any task of the class: what it demands, all demand. */
  readonly sample: TaskState
  readonly offered = new Heap<ReadyGroup>(compareGroups, groupHeap)
  /** How many groups there are. */
  size = 0
  readonly #shared = new Map<number, ReadyGroup>()
  readonly #lines = new Map<Claim, HotLine>()

  constructor(run: ReadyRun, sample: TaskState) {
    this.run = run
    this.class = sample.class
    this.sample = sample
  }

  get head(): TaskState | undefined {
    return this.offered.peek()?.first
  }

  /** Adds a task to the group that it belongs to, made where there is none. */
  add(task: TaskState): ReadyGroup {
    const { workstream } = task
    const key = groupKey(workstream)
    const known = key === undefined ? this.#aloneOf(workstream) : this.#shared.get(key)
    if (known !== undefined) {
      known.add(task)
      return known
    }
    const group = new ReadyGroup(this, key, task)
    this.size++
    if (key === undefined) workstream.groups = appended(workstream.groups, group)
    else this.#shared.set(key, group)
    const { hotClaim } = workstream
    if (hotClaim !== undefined && !isExempt(workstream)) this.#enterLine(group, hotClaim)
    return group
  }

  /** Moves a group to where it belongs now. */
  settle(group: ReadyGroup): void {
    group.rank()
    if (group.line !== undefined && isExempt(group.first.workstream)) this.#leaveLine(group)
    const { line } = group
    const isOut = group.isBusy || group.parkedBehind !== undefined
    if (line === undefined) group.moveTo(isOut ? undefined : this.offered)
    else if (!isOut) line.enter(group)
    else if (group.isParkedForAll) line.park(group)
    else line.leave(group)
  }

  /** Whether the group, all of one workstream, can become that of the workstream alone. */
  canPart(group: ReadyGroup): boolean {
    return this.#aloneOf(group.first.workstream) === undefined
  }

  /** The group is that of its workstream alone from now on. */
  part(group: ReadyGroup): void {
    const { workstream } = group.first
    this.#forget(group, workstream)
    group.key = undefined
    workstream.groups = appended(workstream.groups, group)
  }

  drop(group: ReadyGroup): void {
    this.size--
    this.#forget(group, group.first.workstream)
    this.#leaveLine(group)
    group.moveTo(undefined)
  }

  #aloneOf({ groups }: WorkstreamState): ReadyGroup | undefined {
    return groups.find(({ cls }) => cls === this)
  }

  #forget(group: ReadyGroup, workstream: WorkstreamState): void {
    if (group.key !== undefined) this.#shared.delete(group.key)
    else
      workstream.groups =
        workstream.groups.length === 1 ? noItems : workstream.groups.filter((each) => each !== group)
  }

  #enterLine(group: ReadyGroup, claim: Claim): void {
    let line = this.#lines.get(claim)
    if (line === undefined) this.#lines.set(claim, (line = new HotLine(claim, this.offered)))
    group.line = line
    line.members++
  }

  #leaveLine(group: ReadyGroup): void {
    const { line } = group
    if (line === undefined) return
    line.leave(group)
    group.line = undefined
    if (--line.members === 0) this.#lines.delete(line.claim)
  }
}
