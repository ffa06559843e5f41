import { chooseFor } from './choice.ts'
import { findBlocker } from './claim-order.ts'
import type { RunMachineState, TaskState } from './run-state.ts'
import { mayStart } from './run-state.ts'
import { compareTasks } from './task-order.ts'

/** Of each heap of ready tasks so many are looked at: the first of all are among them, and a guess need not be exact. */
const mostLookedAt = 256

/**
 * The tasks that would begin a workstream next if only there were room for them, the most urgent first. A guess, for
 * whoever prepares ahead: nothing is held for them, and something more urgent may still come before.
 */
export function upNext(state: RunMachineState, count: number): readonly TaskState[] {
  const found: TaskState[] = []
  for (const [run, { offers }] of state.ready.runs()) {
    if (!mayStart(state, run)) continue
    for (const { offered, class: cls } of offers) {
      if (cls.kind === 'person') continue
      for (const group of firstOf(offered.values()))
        for (const task of firstOf(group.tasks())) if (!task.workstream.isStarted) found.push(task)
    }
  }
  return found
    .sort(compareTasks)
    .filter((task) => lacksOnlyRoom(state, task))
    .slice(0, count)
}

function* firstOf<Item>(items: Iterable<Item>): Generator<Item> {
  let looked = 0
  for (const item of items) {
    if (++looked > mostLookedAt) return
    yield item
  }
}

/** Its tool can be used, its claims are free: what it waits for is a slot, or another resource that is taken. */
function lacksOnlyRoom(state: RunMachineState, task: TaskState): boolean {
  const choice = chooseFor(state, task)
  return (choice.ok || choice.lacks === 'resource') && findBlocker(state, task.workstream) === undefined
}
