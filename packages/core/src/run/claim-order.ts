import { allBases, nobody } from './bases.ts'
import { findWorkstream } from './find-workstream.ts'
import type { BlockReason } from './run-event.ts'
import type { RunMachineState, TaskState, WorkstreamState } from './run-state.ts'
import { mayStart, roundTasks, waitsForLandings } from './run-state.ts'

export interface Blocker {
  readonly holder: string
  readonly path: string
  readonly why: BlockReason
}

/**
 * Who is in the way of a workstream that wants to take its claims.
 *
 * Claims are taken all at once, yet a holder may wait for a task of a workstream that has not started. So that
 * no circle of such waits can close, an *open* holder (one that builds on something not landed) and the
 * not-yet-holding workstreams it waits for never claim the same: then the earliest of those is always blocked
 * by holders that wait for nobody, and they end.
 */
export function findBlocker(state: RunMachineState, workstream: WorkstreamState): Blocker | undefined {
  const { claims } = workstream.spec
  if (claims.length === 0) return undefined
  const awaited = state.openHolders.size === 0 ? nobody : awaitedByHolders(state)
  const by = state.claims.blocker(workstream.key, claims, (other) => {
    const rival = findWorkstream(state, other)
    if (rival === undefined) return false
    if (mayShare(rival, workstream)) return true
    // A barrier must not stop what an open holder waits for: the barrier waits for that holder.
    return !state.claims.holds(other) && (awaited.has(workstream) || !isEager(state, rival))
  })
  if (by !== undefined) return { holder: by.holder, path: by.path, why: by.kind }
  return findLock(state, workstream, awaited)
}

/**
 * Whether a barrier would start if only its claims were free: one that waits for money, for its run, or for the sake of
 * order is none meanwhile. Whom it waits for may be the one that it would stop, or wait behind that one.
 */
export function isEager(state: RunMachineState, barrier: WorkstreamState): boolean {
  if (state.orderBlocked.has(barrier) || !mayStart(state, barrier.run)) return false
  return barrier.tasks.some((task) => state.ready.has(task))
}

/** A workstream with which taking these claims now could close a circle. */
function findLock(
  state: RunMachineState,
  workstream: WorkstreamState,
  awaited: ReadonlySet<WorkstreamState>,
): Blocker | undefined {
  const bases = allBases(workstream)
  if (bases.size === 0) return undefined
  for (const next of awaited) {
    if (next !== workstream && clash(state, workstream, next)) return lock(next)
  }
  for (const base of bases) {
    if (!isYetToTake(state, base)) continue
    if (clash(state, workstream, base)) return lock(base)
    for (const holder of state.openHolders) {
      if (holder !== base && clash(state, holder, base)) return lock(base)
    }
  }
  return undefined
}

function lock({ key }: WorkstreamState): Blocker {
  return { holder: key, path: '', why: 'order' }
}

function clash(state: RunMachineState, a: WorkstreamState, b: WorkstreamState): boolean {
  return !mayShare(a, b) && state.claims.clash(a.spec.claims, b.spec.claims)
}

/**
 * Whether it will still want its claims. What lands has them, or let them go when it had finished: should it be lost and
 * come back, whoever was built on it shares them with it.
 */
function isYetToTake({ claims }: RunMachineState, { key, phase }: WorkstreamState): boolean {
  return !claims.holds(key) && !(phase.state === 'RUNNING' && phase.stage === 'landing')
}

/** What open holders build on and what holds nothing yet. */
function awaitedByHolders(state: RunMachineState): ReadonlySet<WorkstreamState> {
  const awaited = new Set<WorkstreamState>()
  for (const holder of state.openHolders) {
    for (const base of allBases(holder)) if (isYetToTake(state, base)) awaited.add(base)
  }
  return awaited
}

/**
 * Whether two workstreams may hold what overlaps: ordered ones never conflict, and one that was built on the other's
 * unlanded work took its paths over: should that one be repaired, or come back after it was lost, the difference is
 * merged onto it, and it could not land before it.
 */
export function mayShare(a: WorkstreamState, b: WorkstreamState): boolean {
  return areOrdered(a, b) || isBuiltOn(a, b) || isBuiltOn(b, a)
}

function isBuiltOn(later: WorkstreamState, earlier: WorkstreamState): boolean {
  return later.isStarted && allBases(later).has(earlier)
}

/** Whether every task of the one's round precedes every task of the other's: then they never conflict. */
function areOrdered(a: WorkstreamState, b: WorkstreamState): boolean {
  return a.run === b.run && (precedes(a, b) || precedes(b, a))
}

function precedes(first: WorkstreamState, second: WorkstreamState): boolean {
  if (first.after.length === 0 || first.depth >= second.depth) return false
  const starts = roundTasks(second).filter(
    ({ run, spec }) => !spec.needs.some((id) => isOfRound(run.tasks.get(id)!, second)),
  )
  if (hasPassed(first, starts) || !isReachedFrom(first, second)) return false
  const ends = roundTasks(first).filter(
    ({ dependents }) => !dependents.some((next) => isOfRound(next, first)),
  )
  return starts.every((start) => comesAfterAll(start, ends, first))
}

function isOfRound(task: TaskState, workstream: WorkstreamState): boolean {
  return task.workstream === workstream && task.round === workstream.round
}

/**
 * A quick no, and the usual one: of what is ready, or was, all that comes before it has succeeded, so what has something
 * left to do does not.
 */
function hasPassed({ unfinished }: WorkstreamState, starts: readonly TaskState[]): boolean {
  if (unfinished === 0) return false
  return starts.some(
    ({ phase: { state } }) => state === 'READY' || state === 'RUNNING' || state === 'SUCCEEDED',
  )
}

/** Without a path between the workstreams there is none between their tasks. Only what lies between them is looked at. */
function isReachedFrom(first: WorkstreamState, second: WorkstreamState): boolean {
  const seen = new Set<WorkstreamState>([second])
  const line = [second]
  for (let next = line.pop(); next !== undefined; next = line.pop()) {
    for (const base of next.before) {
      if (base === first) return true
      // What lies as deep as the first, or less deep, does not come after it.
      if (base.depth <= first.depth || seen.has(base)) continue
      seen.add(base)
      line.push(base)
    }
  }
  return false
}

/** Whether all of these ends of a workstream come before the task, directly or not; stops looking as soon as it knows. */
function comesAfterAll(task: TaskState, ends: readonly TaskState[], { depth }: WorkstreamState): boolean {
  const missing = new Set(ends)
  const seen = new Set<TaskState>([task])
  const line = [task]
  for (let next = line.pop(); next !== undefined && missing.size > 0; next = line.pop()) {
    for (const base of needsOf(next)) {
      if (base.workstream.depth < depth || seen.has(base)) continue
      seen.add(base)
      missing.delete(base)
      line.push(base)
    }
  }
  return missing.size === 0
}

function* needsOf(task: TaskState): Generator<TaskState> {
  const { run, spec } = task
  for (const id of spec.needs) yield run.tasks.get(id)!
  if (waitsForLandings(task)) for (const id of spec.needsLanded) yield* run.workstreams.get(id)!.tasks
}
