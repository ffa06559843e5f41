import type { BlockReason, RunEvent } from './run-event.ts'
import { noItems } from './appended.ts'
import { allBases, openBases } from './bases.ts'
import { chooseFor } from './choice.ts'
import type { Choice } from './choice.ts'
import { budgetScopes } from './budget-scopes.ts'
import { settleWorkstream } from './decide-workstream.ts'
import { findBlocker } from './claim-order.ts'
import type { Meter } from './meters.ts'
import type { ReadyClass } from './ready-class.ts'
import { takesAny } from './resources.ts'
import type { RunMachineState, TaskState, WorkstreamState } from './run-state.ts'
import { mayStart } from './run-state.ts'
import { compareTasks } from './task-order.ts'

/**
 * Started attempts that may pass a task before what it lacks is kept for it. The dual of the claims' barrier:
 * a task that needs four of four cores must not wait for ever behind those that need one.
 */
const startsBeforeKeeping = 64

/**
 * Starts whatever can start, most urgent first. A blocked task never holds up one that could run: it is
 * looked past, or parked where it is blocked by a claim or by money.
 */
export function* admit(state: RunMachineState, now: number): Generator<RunEvent> {
  if (state.awaitingClaims.size > 0) yield* admitReopened(state)
  for (let next = nextStart(state); next !== undefined; next = nextStart(state)) {
    yield* tryStart(state, next.task, next.choice, now)
  }
}

interface Start {
  readonly task: TaskState
  readonly choice: Extract<Choice, { ok: true }>
}

function nextStart(state: RunMachineState): Start | undefined {
  const slots = state.meters.of('slots')
  const isFull = slots.used >= slots.limit
  const kept: Meter[] = []
  for (const { class: cls, head } of candidates(state)) {
    if (isFull && cls.kind !== 'person') continue
    // What could only take of what is kept for others is not looked at.
    if (kept.length > 0 && cls.ways.every((way) => takesAny(way, kept))) continue
    // Candidates are classes that offer a task.
    const task = head!
    const choice = chooseFor(state, task)
    if (!choice.ok) {
      const isPassed = state.starts - task.startsAtReady > startsBeforeKeeping
      if (isPassed && choice.meter !== undefined) kept.push(choice.meter)
    } else if (kept.length === 0 || !takesAny(choice.way, kept)) return { task, choice }
  }
  return undefined
}

/** Classes that offer a task which may start as far as its run goes, the most urgent first. */
function candidates(state: RunMachineState): readonly ReadyClass[] {
  let found: readonly ReadyClass[] = []
  for (const [run, { offers }] of state.ready.runs()) {
    if (offers.length === 0 || !mayStart(state, run)) continue
    found = found.length === 0 ? offers : [...found, ...offers].sort(compareAcrossRuns)
  }
  return found
}

/** Runs share slots evenly: the run that uses fewest goes first; within a run, the order of tasks. */
function compareAcrossRuns(some: ReadyClass, other: ReadyClass): number {
  const [a, b] = [some.head!, other.head!]
  if (a.run === b.run) return compareTasks(a, b)
  return a.run.running - b.run.running || compareTasks(a, b) || (a.run.id < b.run.id ? -1 : 1)
}

const noTool: { readonly tool?: undefined; readonly account?: undefined } = {}

function* tryStart(
  state: RunMachineState,
  task: TaskState,
  choice: Start['choice'],
  now: number,
): Generator<RunEvent> {
  const { run, workstream } = task
  if (!workstream.isStarted) {
    const blocker = landingCap(state, workstream) ?? findBlocker(state, workstream)
    if (blocker !== undefined) {
      yield { type: 'claim.blocked', runId: run.id, workstreamId: workstream.spec.id, ...blocker }
      return
    }
  }
  const { tool, account } = choice.way.tool ?? noTool
  const scope = state.budgets.lacking(budgetScopes(task, tool, account, now), task.estimateUsd)
  if (scope !== undefined) {
    yield { type: 'budget.blocked', runId: run.id, taskId: task.id, scope, wantsUsd: task.estimateUsd }
    return
  }
  if (!workstream.isStarted) yield* startWorkstream(state, workstream)
  const [runId, hostId, reservedUsd] = [run.id, choice.host.id, task.estimateUsd]
  const attempt = task.attempt + 1
  if (tool === undefined) yield { type: 'task.started', runId, taskId: task.id, attempt, hostId, reservedUsd }
  else yield { type: 'task.started', runId, taskId: task.id, attempt, hostId, tool, account, reservedUsd }
}

function* startWorkstream(state: RunMachineState, workstream: WorkstreamState): Generator<RunEvent> {
  const { run, spec, round } = workstream
  const [runId, workstreamId] = [run.id, spec.id]
  yield { type: 'workstream.started', runId, workstreamId, round, bases: basesOf(state, workstream) }
  if (spec.claims.length > 0) yield { type: 'claim.granted', runId, workstreamId, claims: spec.claims }
}

function basesOf(state: RunMachineState, workstream: WorkstreamState): readonly string[] {
  const bases = [...openBases(workstream), ...takenOver(state, workstream)]
  return bases.length === 0 ? noItems : [...new Set(bases.map(({ key }) => key))]
}

/**
 * Whoever let its paths go before it landed: what takes them builds on it and lands after it. One that was itself built
 * on what takes them, and waits for that to come back, lands after that.
 */
function takenOver(state: RunMachineState, workstream: WorkstreamState): readonly WorkstreamState[] {
  const from: WorkstreamState[] = []
  for (const run of state.runs.values()) {
    for (const other of run.landing) {
      const letGo = other !== workstream && other.spec.holdUntil === 'finished'
      if (!letGo || !state.claims.clash(other.spec.claims, workstream.spec.claims)) continue
      if (!allBases(other).has(workstream)) from.push(other)
    }
  }
  return from
}

/** The cap on work that waits to land holds back workstreams that have not started. */
function landingCap(
  state: RunMachineState,
  workstream: WorkstreamState,
): { holder: string; path: string; why: BlockReason } | undefined {
  const { run } = workstream
  if (!workstream.spec.lands) return undefined
  for (const { meters } of [state, run]) {
    const { used, limit } = meters.of('landing')
    if (used >= limit) return { holder: '', path: '', why: 'landing' }
  }
  return undefined
}

/** A reopened workstream with nothing left to do takes its claims anew and lands. */
function* admitReopened(state: RunMachineState): Generator<RunEvent> {
  // Also those that come to it meanwhile.
  for (const workstream of state.awaitingClaims) {
    if (!mayStart(state, workstream.run) || workstream.strandedBy !== undefined) continue
    if (findBlocker(state, workstream) !== undefined) continue
    yield* startWorkstream(state, workstream)
    yield* settleWorkstream(state, workstream)
  }
}
