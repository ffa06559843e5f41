import type { Claim } from '../claims/claim.ts'
import { Heap } from '../machine/heap.ts'
import type { ReadyGroup } from './ready-group.ts'
import { compareGroups, groupHeap } from './ready-group.ts'

/**
 * Groups of one class that all want, for themselves alone, a claim which many want. Only one of them can have it, so
 * only the first is offered. While the first is parked behind who has it (or who must be let go first), they all wait
 * with it, without being asked: a thousand that want one file cost as much as one.
 *
 * Nobody who might be let pass stands in a line: neither by an order, nor as a base of the holder, nor as a barrier.
 */
export class HotLine {
  readonly claim: Claim
  /** Groups whose line it is, also those that are out of it just now. */
  members = 0
  /** The one that is offered. */
  #front: ReadyGroup | undefined
  readonly #waiting = new Heap<ReadyGroup>(compareGroups, groupHeap)
  /** Parked behind one who is in everybody's way. */
  readonly #parked = new Set<ReadyGroup>()

  readonly #offered: Heap<ReadyGroup>

  constructor(claim: Claim, offered: Heap<ReadyGroup>) {
    this.claim = claim
    this.#offered = offered
  }

  /** Whether the group stands behind another that is offered or parked for it. */
  hides(group: ReadyGroup): boolean {
    return group.heap === this.#waiting
  }

  /** Lets the group wait, or moves it to where its rank belongs now. */
  enter(group: ReadyGroup): void {
    this.#parked.delete(group)
    if (this.#front === group) this.#front = undefined
    group.moveTo(this.#waiting)
    this.#choose()
  }

  /** The group is parked behind one who is in the way of all. */
  park(group: ReadyGroup): void {
    if (this.#front === group) this.#front = undefined
    group.moveTo(undefined)
    this.#parked.add(group)
    this.#choose()
  }

  /** The group goes, for now or for good. */
  leave(group: ReadyGroup): void {
    if (this.#front === group) this.#front = undefined
    this.#parked.delete(group)
    group.moveTo(undefined)
    this.#choose()
  }

  /** Offers the first of all, if it is not parked. */
  #choose(): void {
    const best = this.#waiting.peek()
    const front = this.#front
    if (
      front !== undefined &&
      (best === undefined || compareGroups(front, best) < 0) &&
      !this.#isAfterParked(front)
    )
      return
    front?.moveTo(this.#waiting)
    this.#front = undefined
    const first = this.#waiting.peek()
    if (first === undefined || this.#isAfterParked(first)) return
    first.moveTo(this.#offered)
    this.#front = first
  }

  #isAfterParked(group: ReadyGroup): boolean {
    for (const parked of this.#parked) if (compareGroups(parked, group) < 0) return true
    return false
  }
}
