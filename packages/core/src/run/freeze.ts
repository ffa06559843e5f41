import { ClaimTable } from '../claims/claim-table.ts'
import type { FrozenClaims } from '../claims/claim-table.ts'
import type { CommandAnswer } from '../machine/machine.ts'
import { appended } from './appended.ts'
import type { BudgetScope } from './budget-book.ts'
import { buildRun } from './build-run.ts'
import { countAttempt, effectOf } from './evolve-task.ts'
import { parkBehind } from './evolve-claims.ts'
import { resumeLanding } from './evolve-landing.ts'
import { findWorkstream } from './find-workstream.ts'
import type { PauseReason, Pinned } from './run-event.ts'
import type { RunSpec } from './run-spec.ts'
import type {
  AccountState,
  HostState,
  LearnedEstimate,
  RunMachineState,
  RunState,
  TaskState,
  ToolState,
  WorkstreamState,
} from './run-state.ts'
import { classOf } from './task-class.ts'
import { initialRunState, isClosed, isTerminal, roundTasks } from './run-state.ts'

/** The facts of a state as JSON. What is derived is left out, and made again by `thaw`. */
interface Frozen {
  readonly runs: readonly FrozenRun[]
  readonly hosts: readonly { readonly id: string; readonly offers: readonly string[] }[]
  readonly tools: readonly (readonly [string, Pick<ToolState, 'health' | 'throttle'>])[]
  readonly accounts: readonly (readonly [string, Pick<AccountState, 'breaker' | 'exhaustedInRow'>])[]
  readonly limits: Readonly<Record<string, number>>
  readonly claims: FrozenClaims
  readonly budgets: readonly (readonly [string, BudgetScope])[]
  readonly learned: readonly (readonly [string, LearnedEstimate])[]
  readonly answers: readonly (readonly [string, CommandAnswer])[]
  readonly predictions: readonly { readonly a: string; readonly b: string; readonly path: string }[]
  readonly isDiskLow: boolean
  readonly timers: readonly (readonly [string, number])[]
  readonly starts: number
  readonly orderBlocked: readonly string[]
  readonly awaitingClaims: readonly string[]
  readonly openHolders: readonly string[]
  readonly parked: readonly (readonly [run: string, task: string, holder: string])[]
  readonly unfunded: readonly (readonly [run: string, task: string, scope: string])[]
}

type TaskFacts = Pick<
  TaskState,
  | 'phase'
  | 'round'
  | 'attempt'
  | 'retriesSpent'
  | 'lostInRow'
  | 'throttledInRow'
  | 'priority'
  | 'level'
  | 'startsAtReady'
  | 'settled'
  | 'avoided'
> & { readonly id: string }

type WorkstreamFacts = Pick<
  WorkstreamState,
  'phase' | 'round' | 'isStarted' | 'hasCommits' | 'strandedBy' | 'landingAttempt' | 'inheritedLevel'
> & { readonly id: string; readonly tookOver: readonly string[] }

interface FrozenRun extends Pick<
  RunState,
  | 'startedAt'
  | 'stepMs'
  | 'lowerBoundMs'
  | 'weights'
  | 'status'
  | 'waits'
  | 'isCancelling'
  | 'cancelledBecause'
> {
  readonly spec: RunSpec
  readonly estimates: Pinned['estimates']
  readonly pauses: readonly PauseReason[]
  readonly tasks: readonly TaskFacts[]
  readonly workstreams: readonly WorkstreamFacts[]
  readonly stranded: readonly string[]
}

export function freeze(state: RunMachineState): Frozen {
  const parked: [string, string, string][] = []
  const unfunded: [string, string, string][] = []
  for (const run of state.runs.values()) {
    for (const task of run.tasks.values()) {
      if (task.phase.state !== 'READY') continue
      const holder = state.ready.parkedBehind(task)
      const scope = state.ready.unfundedScope(task)
      if (holder !== undefined) parked.push([run.id, task.id, holder])
      if (scope !== undefined) unfunded.push([run.id, task.id, scope])
    }
  }
  const frozen: Frozen = {
    runs: [...state.runs.values()].map(freezeRun),
    hosts: [...state.hosts.values()].map(({ id, offers }) => ({ id, offers: [...offers] })),
    tools: [...state.tools].map(([tool, { health, throttle }]) => [tool, { health, throttle }]),
    accounts: [...state.accounts].map(([name, { breaker, exhaustedInRow }]) => [
      name,
      { breaker, exhaustedInRow },
    ]),
    limits: state.limits,
    claims: state.claims.freeze(),
    budgets: [...state.budgets.scopes],
    learned: [...state.learned],
    answers: [...state.answers],
    predictions: [...state.predictions.values()],
    isDiskLow: state.isDiskLow,
    timers: state.timers.entries(),
    starts: state.starts,
    orderBlocked: [...state.orderBlocked].map(({ key }) => key),
    awaitingClaims: [...state.awaitingClaims].map(({ key }) => key),
    openHolders: [...state.openHolders].map(({ key }) => key),
    parked,
    unfunded,
  }
  // Through JSON, so that what is kept shares nothing with the state, which goes on changing.
  return JSON.parse(JSON.stringify(frozen)) as Frozen
}

function freezeRun(run: RunState): FrozenRun {
  const { spec, startedAt, stepMs, lowerBoundMs, weights, status, waits, isCancelling, cancelledBecause } =
    run
  const estimates: Record<string, { ms: number; usd: number }> = {}
  for (const { id, estimateMs, estimateUsd } of run.tasks.values())
    estimates[id] = { ms: estimateMs, usd: estimateUsd }
  return {
    spec,
    startedAt,
    stepMs,
    lowerBoundMs,
    weights,
    status,
    waits,
    isCancelling,
    cancelledBecause,
    estimates,
    pauses: [...run.pauses],
    tasks: [...run.tasks.values()].map(freezeTask),
    workstreams: [...run.workstreams.values()].map(freezeWorkstream),
    stranded: [...run.stranded].map(({ spec: { id } }) => id),
  }
}

function freezeTask(task: TaskState): TaskFacts {
  const {
    id,
    phase,
    round,
    attempt,
    retriesSpent,
    lostInRow,
    throttledInRow,
    priority,
    level,
    startsAtReady,
    settled,
    avoided,
  } = task
  const counts = { attempt, retriesSpent, lostInRow, throttledInRow }
  return {
    id,
    phase,
    round,
    ...counts,
    priority,
    level,
    startsAtReady,
    settled,
    avoided,
  }
}

function freezeWorkstream(workstream: WorkstreamState): WorkstreamFacts {
  const { phase, round, isStarted, hasCommits, strandedBy, landingAttempt, inheritedLevel } = workstream
  const tookOver = [...workstream.tookOver].map(({ key }) => key)
  return {
    id: workstream.spec.id,
    phase,
    round,
    isStarted,
    hasCommits,
    strandedBy,
    landingAttempt,
    inheritedLevel,
    tookOver,
  }
}

/** The state that was frozen: facts put back, everything derived made again. */
export function thaw(json: unknown, options: { readonly ignoreCase?: boolean }): RunMachineState {
  // A snapshot of this version was written by `freeze`; the store guards its bytes.
  const frozen = json as Frozen
  const state: RunMachineState = {
    ...initialRunState(options),
    claims: ClaimTable.thaw(frozen.claims, options),
  }
  state.limits = frozen.limits
  state.meters.limitTo(frozen.limits)
  state.isDiskLow = frozen.isDiskLow
  state.starts = frozen.starts
  for (const { id, offers } of frozen.hosts)
    state.hosts.set(id, { id, offers: new Set(offers), running: 0 } satisfies HostState)
  for (const [tool, facts] of frozen.tools)
    state.tools.set(tool, { ...facts, throttle: facts.throttle, running: 0 })
  for (const [name, facts] of frozen.accounts) state.accounts.set(name, { ...facts, running: 0 })
  for (const [scope, entry] of frozen.budgets)
    state.budgets.scopes.set(scope, { ...entry, limit: entry.limit })
  for (const [key, estimate] of frozen.learned) state.learned.set(key, estimate)
  for (const [id, answer] of frozen.answers) state.answers.set(id, answer)
  for (const prediction of frozen.predictions) {
    state.predictions.set([prediction.a, prediction.b].sort().join(' '), prediction)
  }
  for (const run of frozen.runs) thawRun(state, run)
  for (const run of frozen.runs) linkHeirs(state, run)
  for (const run of state.runs.values()) derive(state, run)
  for (const [key, at] of frozen.timers) state.timers.set(key, at)
  for (const [runId, taskId, holder] of frozen.parked)
    parkBehind(state, findTask(state, runId, taskId), holder)
  for (const [runId, taskId, scope] of frozen.unfunded)
    state.ready.defund(findTask(state, runId, taskId), scope)
  for (const key of frozen.orderBlocked) state.orderBlocked.add(findWorkstream(state, key)!)
  for (const key of frozen.awaitingClaims) state.awaitingClaims.add(findWorkstream(state, key)!)
  for (const key of frozen.openHolders) state.openHolders.add(findWorkstream(state, key)!)
  return state
}

function thawRun(state: RunMachineState, frozen: FrozenRun): void {
  const { spec, estimates, startedAt, weights } = frozen
  const started = { type: 'run.started', runId: spec.id, run: spec, estimates } as const
  const run = buildRun(state, started, startedAt, weights)
  state.runs.set(run.id, run)
  const { stepMs, lowerBoundMs, status, waits, isCancelling, cancelledBecause } = frozen
  Object.assign(run, { stepMs, lowerBoundMs, status, waits, isCancelling, cancelledBecause })
  for (const reason of frozen.pauses) run.pauses.add(reason)
  for (const {
    id,
    phase,
    round,
    isStarted,
    hasCommits,
    strandedBy,
    landingAttempt,
    inheritedLevel,
  } of frozen.workstreams) {
    const workstream = run.workstreams.get(id)!
    Object.assign(workstream, {
      phase,
      round,
      isStarted,
      hasCommits,
      strandedBy,
      landingAttempt,
      inheritedLevel,
      isBarrier: state.claims.isBarrier(workstream.key),
    })
  }
  for (const { id, ...facts } of frozen.tasks) {
    const task = run.tasks.get(id)!
    Object.assign(task, { priority: undefined, level: undefined }, facts)
    task.class = classOf(state, task)
  }
  for (const id of frozen.stranded) run.stranded.add(run.workstreams.get(id)!)
}

function linkHeirs(state: RunMachineState, { spec, workstreams }: FrozenRun): void {
  for (const { id, tookOver } of workstreams) {
    const heir = state.runs.get(spec.id)!.workstreams.get(id)!
    // One of a run that was archived meanwhile is no base any more.
    const bases = tookOver.map((key) => findWorkstream(state, key)).filter((base) => base !== undefined)
    for (const base of bases) {
      heir.tookOver = appended(heir.tookOver, base)
      base.heirs = appended(base.heirs, heir)
    }
  }
}

function derive(state: RunMachineState, run: RunState): void {
  run.open = 0
  for (const workstream of run.workstreams.values()) {
    if (!isClosed(workstream)) run.open++
    workstream.unfinished = roundTasks(workstream).filter((task) => !isTerminal(task)).length
    resumeLanding(state, workstream)
  }
  for (const task of run.tasks.values()) {
    task.unmet = task.spec.needs.filter((id) => run.tasks.get(id)!.phase.state !== 'SUCCEEDED').length
    task.unmet += task.spec.needsLanded.filter(
      (id) => run.workstreams.get(id)!.phase.state !== 'COMPLETED',
    ).length
    if (task.phase.state === 'RUNNING') {
      task.workstream.running++
      if (task.spec.kind === 'person') run.persons.add(task)
      else run.running++
      countAttempt(state, task, task.phase.attempt, 1)
      state.wanted.set(task.phase.attempt.key, effectOf(task, task.phase.attempt))
    }
    if (task.phase.state === 'READY') task.workstream.queued++
    if (task.phase.state === 'PENDING' && task.phase.retryAt !== undefined) run.retrying++
  }
  for (const task of run.tasks.values()) {
    if (task.phase.state === 'READY' && task.workstream.strandedBy === undefined) state.ready.add(task)
  }
}

function findTask(state: RunMachineState, runId: string, taskId: string): TaskState {
  return state.runs.get(runId)!.tasks.get(taskId)!
}
