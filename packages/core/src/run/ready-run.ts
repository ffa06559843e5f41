import { ReadyClass } from './ready-class.ts'
import { compareGroups } from './ready-group.ts'
import type { TaskState } from './run-state.ts'
import type { TaskClass } from './task-class.ts'

/** The ready tasks of one run: its classes, and of these in order, the most urgent first, those that offer a task. */
export class ReadyRun {
  readonly classes = new Map<TaskClass, ReadyClass>()
  readonly #offers: ReadyClass[] = []

  /** The classes that offer a task, in the order of these tasks. It changes with the queue: read, never keep. */
  get offers(): readonly ReadyClass[] {
    return this.#offers
  }

  classFor(task: TaskState): ReadyClass {
    let cls = this.classes.get(task.class)
    if (cls === undefined) this.classes.set(task.class, (cls = new ReadyClass(this, task)))
    return cls
  }

  /** Puts a class where its first task belongs now. */
  place(cls: ReadyClass): void {
    const offers = this.#offers
    const at = offers.indexOf(cls)
    if (cls.head === undefined) {
      if (at !== -1) offers.splice(at, 1)
      return
    }
    if (at !== -1) {
      const isAfterThose = at === 0 || compareHeads(offers[at - 1]!, cls) < 0
      const isBeforeThese = at === offers.length - 1 || compareHeads(cls, offers[at + 1]!) < 0
      if (isAfterThose && isBeforeThese) return
      offers.splice(at, 1)
    }
    let low = 0
    for (let high = offers.length; low < high;) {
      const middle = (low + high) >> 1
      if (compareHeads(offers[middle]!, cls) < 0) low = middle + 1
      else high = middle
    }
    offers.splice(low, 0, cls)
  }
}

function compareHeads(a: ReadyClass, b: ReadyClass): number {
  return compareGroups(a.offered.peek()!, b.offered.peek()!)
}
