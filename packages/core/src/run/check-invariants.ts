import { invariant } from '../errors/invariant.ts'
import { openBases } from './bases.ts'
import { budgetScopes } from './budget-scopes.ts'
import { chooseFor } from './choice.ts'
import { findBlocker, mayShare } from './claim-order.ts'
import { isMoving } from './decide-run.ts'
import { demandsOfAttempt } from './task-class.ts'
import { attemptKey, landingKey } from './run-effect.ts'
import type { RunMachineState, RunState, TaskState, WorkstreamState } from './run-state.ts'
import { isClosed, isTerminal, roundTasks } from './run-state.ts'

/**
 * Checks every promise that the state alone can show, the slow and plain way. Tests and the simulator call it
 * after every step; `now` is the time of the step.
 * @throws `WS_INVARIANT` naming the promise that broke.
 */
export function checkInvariants(state: RunMachineState, now: number): void {
  checkClaims(state)
  checkResources(state)
  checkBudgets(state)
  checkWanted(state)
  for (const run of state.runs.values()) {
    checkCounts(run)
    for (const workstream of run.workstreams.values()) checkWorkstream(state, workstream)
    for (const task of run.tasks.values()) checkTask(state, task, now)
    checkMoves(state, run)
  }
}

/** No two unordered workstreams hold what overlaps, one of them alone. */
function checkClaims(state: RunMachineState): void {
  const holders: WorkstreamState[] = []
  for (const run of state.runs.values()) {
    for (const workstream of run.workstreams.values())
      if (state.claims.holds(workstream.key)) holders.push(workstream)
  }
  holders.forEach((a, i) => {
    for (const b of holders.slice(i + 1)) {
      const isSafe = mayShare(a, b) || !state.claims.clash(a.spec.claims, b.spec.claims)
      invariant(isSafe, 'claims held together do not clash', { a: a.key, b: b.key })
    }
  })
}

/** What is counted as used is what running attempts take, and no capacity is passed. */
function checkResources(state: RunMachineState): void {
  const all = new Map<string, number>()
  for (const run of state.runs.values()) {
    const own = usedBy(state, run)
    for (const [name, amount] of own) all.set(name, (all.get(name) ?? 0) + amount)
    for (const [name, limit] of Object.entries(run.spec.limits)) {
      const is = run.meters.used(name)
      const amount = own.get(name) ?? 0
      const details = { run: run.id, name, is, amount, limit }
      invariant(name === 'landing' || amount <= limit, 'a run stays within its limits', details)
      invariant(is === amount, 'use is counted as it is', details)
    }
  }
  for (const name of new Set([...all.keys(), ...state.meters.inUse().keys()])) {
    const is = state.meters.used(name)
    const amount = all.get(name) ?? 0
    const limit = state.limits[name] ?? Number.POSITIVE_INFINITY
    const details = { name, is, amount, limit }
    invariant(is === amount, 'use is counted as it is', details)
    // A cap on landings holds back who has not started; who has may pass it.
    invariant(name === 'landing' || amount <= limit, 'concurrency stays within its limits', details)
  }
  for (const [name, limit] of Object.entries(state.limits))
    invariant(state.meters.of(name).limit === limit, 'meters know their limits', { name, limit })
}

/** What attempts of the run take, and how many of its workstreams land. */
function usedBy(state: RunMachineState, run: RunState): ReadonlyMap<string, number> {
  const used = new Map<string, number>()
  const add = (name: string, amount: number) => void used.set(name, (used.get(name) ?? 0) + amount)
  for (const task of run.tasks.values()) {
    if (task.phase.state !== 'RUNNING' || task.phase.attempt.isExecuted) continue
    for (const { meter, amount } of demandsOfAttempt(state, task, task.phase.attempt)) add(meter.name, amount)
  }
  for (const { phase } of run.workstreams.values())
    if (phase.state === 'RUNNING' && phase.stage === 'landing') add('landing', 1)
  return used
}

/** What is reserved is what running attempts reserved: settled once, given back once. */
function checkBudgets(state: RunMachineState): void {
  const reserved = new Map<string, number>()
  for (const run of state.runs.values()) {
    for (const { phase } of run.tasks.values()) {
      if (phase.state !== 'RUNNING') continue
      const micro = Math.round(phase.attempt.reservedUsd * 1_000_000)
      for (const scope of phase.attempt.scopes) reserved.set(scope, (reserved.get(scope) ?? 0) + micro)
    }
  }
  for (const [scope, entry] of state.budgets.scopes) {
    const expected = reserved.get(scope) ?? 0
    invariant(entry.reserved === expected, 'what is reserved is what runs', {
      scope,
      is: entry.reserved,
      expected,
    })
  }
}

/** Exactly the running attempts and the landings in progress are wanted. */
function checkWanted(state: RunMachineState): void {
  const expected = new Set<string>()
  for (const run of state.runs.values()) {
    for (const task of run.tasks.values()) {
      if (task.phase.state !== 'RUNNING') continue
      expected.add(attemptKey({ runId: run.id, taskId: task.id, attempt: task.attempt }))
    }
    for (const { phase, spec, round, strandedBy } of run.workstreams.values()) {
      if (phase.state !== 'RUNNING' || phase.stage !== 'landing') continue
      if (strandedBy !== undefined && !phase.landing.isWithdrawing) continue
      expected.add(
        landingKey({ runId: run.id, workstreamId: spec.id, round, attempt: phase.landing.attempt }),
      )
    }
  }
  for (const key of state.wanted.keys()) invariant(expected.has(key), 'nothing else is wanted', { key })
  for (const key of expected) invariant(state.wanted.has(key), 'all that runs is wanted', { key })
}

function checkCounts(run: RunState): void {
  const tasks = [...run.tasks.values()]
  const running = tasks.filter(
    ({ phase, spec }) => phase.state === 'RUNNING' && spec.kind !== 'person',
  ).length
  const open = [...run.workstreams.values()].filter((workstream) => !isClosed(workstream)).length
  const retrying = tasks.filter(
    ({ phase }) => phase.state === 'PENDING' && phase.retryAt !== undefined,
  ).length
  invariant(run.running === running, 'running attempts are counted', {
    run: run.id,
    is: run.running,
    running,
  })
  invariant(run.open === open, 'open workstreams are counted', { run: run.id, is: run.open, open })
  invariant(run.retrying === retrying, 'waiting retries are counted', {
    run: run.id,
    is: run.retrying,
    retrying,
  })
}

function checkWorkstream(state: RunMachineState, workstream: WorkstreamState): void {
  const { key, phase, spec } = workstream
  const running = workstream.tasks.filter((task) => task.phase.state === 'RUNNING').length
  invariant(running <= 1, 'a workstream runs one task at a time', { workstream: key, running })
  invariant(running === workstream.running, 'a workstream counts its attempts', { workstream: key, running })
  const unfinished = roundTasks(workstream).filter((task) => !isTerminal(task)).length
  invariant(unfinished === workstream.unfinished, 'unfinished tasks are counted', {
    workstream: key,
    unfinished,
  })
  if (isClosed(workstream)) {
    invariant(!state.claims.holds(key), 'a workstream that ended holds nothing', { workstream: key })
    invariant(running === 0, 'a workstream that ended runs nothing', { workstream: key })
  } else if (
    phase.state === 'RUNNING' &&
    workstream.isStarted &&
    spec.claims.length > 0 &&
    spec.holdUntil === 'landed'
  ) {
    invariant(state.claims.holds(key), 'a workstream at work holds its claims', { workstream: key })
  }
  if (phase.state === 'COMPLETED') {
    const isGood = roundTasks(workstream).every(
      (task) => !task.spec.isRequired || task.phase.state === 'SUCCEEDED',
    )
    invariant(isGood, 'a workstream completes with all that it requires', { workstream: key })
  }
}

function checkTask(state: RunMachineState, task: TaskState, now: number): void {
  const { run, workstream, phase, spec } = task
  const needs = spec.needs.filter((id) => run.tasks.get(id)!.phase.state !== 'SUCCEEDED').length
  const landings = spec.needsLanded.filter(
    (id) => run.workstreams.get(id)!.phase.state !== 'COMPLETED',
  ).length
  invariant(task.unmet === needs + landings, 'needs are counted', {
    task: task.id,
    is: task.unmet,
    needs,
    landings,
  })
  if (phase.state === 'RUNNING') {
    invariant(needs === 0, 'what runs has what it needs', { task: task.id })
    invariant(state.hosts.has(phase.attempt.hostId), 'what runs has a host', { task: task.id })
  }
  if (phase.state === 'PENDING' && !isClosed(workstream) && task.round === workstream.round) {
    const isDue = phase.retryAt === undefined && task.unmet === 0 && !run.isCancelling
    invariant(!isDue, 'what has all it needs is ready', { task: task.id })
    const failed = spec.needs.find(
      (id) => isTerminal(run.tasks.get(id)!) && run.tasks.get(id)!.phase.state !== 'SUCCEEDED',
    )
    invariant(failed === undefined || run.isCancelling, 'what cannot run is skipped', {
      task: task.id,
      need: failed,
    })
  }
  if (phase.state === 'READY') checkStartable(state, task, now)
}

/** No lost wake-up: what could start has started. */
function checkStartable(state: RunMachineState, task: TaskState, now: number): void {
  const { run, workstream } = task
  const isHeldBack =
    run.isCancelling || ['user', 'budget', 'disk'].some((reason) => run.pauses.has(reason as 'user'))
  if (isHeldBack || workstream.running > 0 || workstream.strandedBy !== undefined) return
  if (state.limits['landing'] !== undefined || run.spec.limits['landing'] !== undefined) return
  const choice = chooseFor(state, task)
  if (!choice.ok) return
  if (!workstream.isStarted && findBlocker(state, workstream) !== undefined) return
  const scopes = budgetScopes(task, choice.way.tool?.tool, choice.way.tool?.account, now)
  if (state.budgets.lacking(scopes, task.estimateUsd) !== undefined) return
  const isKept = [...state.ready.classes()].some(
    ({ head }) => head !== undefined && state.starts - head.startsAtReady > 64,
  )
  invariant(isKept, 'a ready task with everything free has started', { task: task.id })
}

/** A run that has not ended can still move, or says what it waits for. */
function checkMoves(state: RunMachineState, run: RunState): void {
  if (run.status !== 'RUNNING' || state.hosts.size === 0) return
  const canMove =
    isMoving(run) ||
    [...run.landing].some((workstream) => openBases(workstream).some((base) => base.run !== run)) ||
    [...run.tasks.values()].some((task) => task.phase.state === 'READY') ||
    [...run.workstreams.values()].some((workstream) => state.awaitingClaims.has(workstream))
  invariant(canMove, 'a run that stands still says so', { run: run.id })
}
