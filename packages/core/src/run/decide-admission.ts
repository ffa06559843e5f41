import type { BlockReason, RunEvent } from './run-event.ts'
import { chooseFor } from './choice.ts'
import type { Choice } from './choice.ts'
import { budgetScopes } from './budget-scopes.ts'
import { settleWorkstream } from './decide-workstream.ts'
import { findBlocker } from './claim-order.ts'
import { demandsOf } from './resources.ts'
import type { RunMachineState, RunState, TaskState, WorkstreamState } from './run-state.ts'
import { openBases } from './run-state.ts'
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
  yield* admitReopened(state)
  for (let next = nextStart(state); next !== undefined; next = nextStart(state)) {
    yield* tryStart(state, next.task, next.choice, now)
  }
}

interface Start {
  readonly task: TaskState
  readonly choice: Extract<Choice, { ok: true }>
}

function nextStart(state: RunMachineState): Start | undefined {
  const slots = state.limits['slots']
  const isFull = slots !== undefined && (state.used.get('slots') ?? 0) >= slots
  const heads: TaskState[] = []
  for (const { head } of state.ready.offers()) {
    if (head === undefined || !mayStart(state, head.run) || (isFull && head.spec.kind !== 'person')) continue
    heads.push(head)
  }
  if (heads.length > 1) heads.sort(compareAcrossRuns)
  const kept = new Set<string>()
  for (const task of heads) {
    const choice = chooseFor(state, task)
    if (!choice.ok) {
      const isPassed =
        choice.resource !== undefined && state.starts - task.startsAtReady > startsBeforeKeeping
      if (isPassed && choice.resource !== undefined) kept.add(choice.resource)
    } else if (kept.size === 0 || !takesAny(task, choice, kept)) return { task, choice }
  }
  return undefined
}

/** Runs share slots evenly: the run that uses fewest goes first; within a run, the order of tasks. */
function compareAcrossRuns(a: TaskState, b: TaskState): number {
  if (a.run === b.run) return compareTasks(a, b)
  return a.run.running - b.run.running || compareTasks(a, b) || (a.run.id < b.run.id ? -1 : 1)
}

function mayStart({ isDiskLow }: RunMachineState, { pauses, isCancelling }: RunState): boolean {
  return !isDiskLow && !isCancelling && !pauses.has('user') && !pauses.has('budget')
}

function takesAny(task: TaskState, choice: Start['choice'], kept: ReadonlySet<string>): boolean {
  const demands = demandsOf(task, choice.tool?.tool, choice.tool?.account)
  for (const name in demands) if (kept.has(name)) return true
  return false
}

function* tryStart(
  state: RunMachineState,
  task: TaskState,
  choice: Start['choice'],
  now: number,
): Generator<RunEvent> {
  const { run, workstream } = task
  const place = { runId: run.id, workstreamId: workstream.spec.id }
  if (!workstream.isStarted) {
    const blocker = landingCap(state, workstream) ?? findBlocker(state, workstream)
    if (blocker !== undefined) {
      yield { type: 'claim.blocked', ...place, ...blocker }
      return
    }
  }
  const tool = choice.tool?.tool
  const account = choice.tool?.account
  const scope = state.budgets.lacking(budgetScopes(task, tool, account, now), task.estimateUsd)
  if (scope !== undefined) {
    yield { type: 'budget.blocked', runId: run.id, taskId: task.id, scope, wantsUsd: task.estimateUsd }
    return
  }
  if (!workstream.isStarted) yield* startWorkstream(state, workstream)
  yield {
    type: 'task.started',
    runId: run.id,
    taskId: task.id,
    attempt: task.attempt + 1,
    hostId: choice.host.id,
    ...(tool === undefined ? {} : { tool }),
    ...(account === undefined ? {} : { account }),
    reservedUsd: task.estimateUsd,
  }
}

function* startWorkstream(state: RunMachineState, workstream: WorkstreamState): Generator<RunEvent> {
  const { run, spec, round } = workstream
  const place = { runId: run.id, workstreamId: spec.id }
  const bases = new Set([...openBases(workstream), ...takenOver(state, workstream)].map((base) => base.key))
  yield { type: 'workstream.started', ...place, round, bases: [...bases] }
  if (spec.claims.length > 0) yield { type: 'claim.granted', ...place, claims: spec.claims }
}

/** Whoever let its paths go before it landed: what takes them builds on it and lands after it. */
function takenOver(state: RunMachineState, workstream: WorkstreamState): readonly WorkstreamState[] {
  const from: WorkstreamState[] = []
  for (const run of state.runs.values()) {
    for (const other of run.landing) {
      const letGo = other !== workstream && other.spec.holdUntil === 'finished'
      if (letGo && state.claims.clash(other.spec.claims, workstream.spec.claims)) from.push(other)
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
  for (const [cap, name] of [
    [state.limits['landing'], 'landing'],
    [run.spec.limits['landing'], `${run.id}:landing`],
  ] as const) {
    if (cap !== undefined && (state.used.get(name) ?? 0) >= cap)
      return { holder: '', path: '', why: 'landing' }
  }
  return undefined
}

/** A reopened workstream with nothing left to do takes its claims anew and lands. */
function* admitReopened(state: RunMachineState): Generator<RunEvent> {
  for (const workstream of [...state.awaitingClaims]) {
    if (!mayStart(state, workstream.run) || workstream.strandedBy !== undefined) continue
    if (findBlocker(state, workstream) !== undefined) continue
    yield* startWorkstream(state, workstream)
    yield* settleWorkstream(state, workstream)
  }
}
