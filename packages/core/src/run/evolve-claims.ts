import type { Claim } from '../claims/claim.ts'
import { allBases, openBases } from './bases.ts'
import { inheritLevel } from './evolve-landing.ts'
import { isEager } from './claim-order.ts'
import { findWorkstream } from './find-workstream.ts'
import type { RunEvent } from './run-event.ts'
import type { RunMachineState, TaskState, WorkstreamState } from './run-state.ts'
import { effectiveLevel } from './task-order.ts'

/** Who was by-passed too often thereby stands alone from now on, before whoever wants the same. */
export function grant(state: RunMachineState, workstream: WorkstreamState, claims: readonly Claim[]): void {
  const barriers = state.claims.take(workstream.key, claims)
  workstream.isBarrier = false
  for (const key of barriers) {
    // Whoever waits is open, and a run with open workstreams is not archived.
    const waiter = findWorkstream(state, key)!
    waiter.isBarrier = true
    state.ready.refresh(waiter)
  }
}

export function forgetWaiting(state: RunMachineState, workstream: WorkstreamState): void {
  state.claims.forget(workstream.key)
  workstream.isBarrier = false
}

/** A barrier that has nothing to start just now stops nobody: who waits behind it is looked at again. */
export function idleBarrier(state: RunMachineState, workstream: WorkstreamState): void {
  if (workstream.isBarrier && !isEager(state, workstream)) state.ready.unpark(workstream.key)
}

type BlockedEvent = Extract<RunEvent, { type: 'claim.blocked' }>

/** Parks what is blocked. All that waits for the sake of order, or for a landing, waits in one line: what frees one may free any. */
export function block(
  state: RunMachineState,
  workstream: WorkstreamState,
  { holder, why }: BlockedEvent,
): void {
  let level = Number.POSITIVE_INFINITY
  for (const task of workstream.tasks) {
    if (!state.ready.has(task)) continue
    level = Math.min(level, effectiveLevel(task))
    parkBehind(state, task, why === 'order' || why === 'landing' ? why : holder)
  }
  if (level === Number.POSITIVE_INFINITY) level = workstream.spec.priority
  if (why === 'order') {
    state.orderBlocked.add(workstream)
    return idleBarrier(state, workstream)
  }
  if (why === 'landing') return
  state.claims.wait(workstream.key, workstream.spec.claims, holder, level)
  if (why === 'held') inheritLevel(state, holder, level)
}

/** Parks a task's group, and what stands in one line with it where the holder is in the way of them all. */
export function parkBehind(state: RunMachineState, task: TaskState, holder: string): void {
  const { hotClaim } = task.workstream
  const rival = hotClaim === undefined ? undefined : findWorkstream(state, holder)
  const isForAll =
    hotClaim !== undefined && rival !== undefined && state.claims.clash(rival.spec.claims, [hotClaim])
  state.ready.park(task, holder, isForAll)
}

export function requeueOrderBlocked(state: RunMachineState): void {
  if (state.orderBlocked.size === 0) return
  state.orderBlocked.clear()
  state.ready.unpark('order')
}

export function release(state: RunMachineState, workstream: WorkstreamState): void {
  state.claims.release(workstream.key)
  forgetWaiting(state, workstream)
  workstream.inheritedLevel = undefined
  state.ready.unpark(workstream.key)
  state.openHolders.delete(workstream)
  requeueOrderBlocked(state)
}

/** Keeps the set of holders that build on something which has not landed. */
export function watchOrder(state: RunMachineState, workstream: WorkstreamState): void {
  if (!state.claims.holds(workstream.key) || openBases(workstream).length === 0) {
    if (state.openHolders.delete(workstream)) requeueOrderBlocked(state)
  } else if (!state.openHolders.has(workstream)) {
    state.openHolders.add(workstream)
    for (const base of allBases(workstream)) letPass(state, base, workstream)
  }
}

/** Takes in that holders may build on more than before: tasks came, or came back, or a workstream was opened again. */
export function regroundHolders(state: RunMachineState): void {
  for (const key of state.claims.holders()) {
    const holder = findWorkstream(state, key)!
    watchOrder(state, holder)
    for (const base of allBases(holder)) letPass(state, base, holder)
  }
  requeueOrderBlocked(state)
}

/** What a holder waits for passes it, and barriers: it is looked at again where it is parked behind one of them. */
function letPass(state: RunMachineState, { key, tasks }: WorkstreamState, holder: WorkstreamState): void {
  if (state.claims.holds(key)) return
  for (const task of tasks) {
    const inTheWay = state.ready.parkedBehind(task)
    if (inTheWay === undefined || (inTheWay !== holder.key && state.claims.holds(inTheWay))) continue
    if (findWorkstream(state, inTheWay) !== undefined) state.ready.offerAgain(task)
  }
}
