import type { Failure } from '../errors/failure.ts'
import { noItems } from './appended.ts'
import { backoffMs } from './backoff.ts'
import { makeReady, settleWorkstream, skipDependents, stopAfterFailure } from './decide-workstream.ts'
import { findTask } from './find-task.ts'
import type { RunEvent } from './run-event.ts'
import type { AttemptOutcome, OfAttempt, RunInput, Usage } from './run-input.ts'
import { noUsage } from './run-input.ts'
import type { AttemptState, RunMachineState, TaskState } from './run-state.ts'

type Ended = Extract<RunInput, { type: 'attempt.ended' }>
type Metered = Extract<RunInput, { type: 'attempt.metered' }>

/** Ends that were not seen, in a row, before a task is taken for the cause of them. */
const crashLoopAfter = 3

/** Rate limits, overloads and faults of the surroundings, in a row, before waiting longer is pointless. */
const throttledAfter = 20

/** Without a reset time an exhausted account is tried again after a quarter of an hour, then twice as long. */
const quotaWaitMs = 15 * 60_000

/** A limit lowered by a rate limit is raised by one each minute. */
export const relaxEveryMs = 60_000

/** An attempt's outcome. An old number changes nothing but the ledger: the number is the fence. */
export function* endAttempt(state: RunMachineState, input: Ended, now: number): Generator<RunEvent> {
  const task = findTask(state, input)
  if (task === undefined) return
  if (task.phase.state !== 'RUNNING' || task.attempt !== input.attempt) {
    const settled = task.settled.find(({ attempt }) => attempt === input.attempt)
    if (settled === undefined) return
    yield { type: 'attempt.superseded', ...placeOf(input), usage: input.usage }
    yield* refundScopes(state, settled)
    return
  }
  const { attempt } = task.phase
  yield* settleAttempt(state, task, attempt, input.outcome, input.usage, now)
  if (attempt.scopes.length > 0) yield* markBudgets(state, task, attempt)
}

function* settleAttempt(
  state: RunMachineState,
  task: TaskState,
  attempt: AttemptState,
  outcome: AttemptOutcome,
  usage: Usage,
  now: number,
): Generator<RunEvent> {
  const place = { runId: task.run.id, taskId: task.id, attempt: task.attempt }
  switch (outcome.kind) {
    case 'succeeded': {
      const { runId, taskId, attempt: number } = place
      const { commit } = outcome
      if (commit === undefined) yield { type: 'task.succeeded', runId, taskId, attempt: number, usage }
      else yield { type: 'task.succeeded', runId, taskId, attempt: number, usage, commit }
      yield* closeBreaker(state, attempt)
      yield* makeReady(task.dependents)
      break
    }
    case 'breached': {
      const { breach, commit } = outcome
      const kept = commit === undefined ? {} : { commit }
      yield { type: 'task.quarantined', ...place, usage, breach, ...kept }
      yield* closeBreaker(state, attempt)
      yield* afterFailure(state, task)
      break
    }
    case 'failed':
      yield* fail(state, task, attempt, outcome.failure, usage, now)
      break
  }
  if (attempt.scopes.length > 0) yield* refundScopes(state, attempt)
  if (task.workstream.unfinished === 0) yield* settleWorkstream(state, task.workstream)
}

/** What becomes of a failed attempt: told to stop, tried again (spending a retry or not), set aside, or failed. */
function* fail(
  state: RunMachineState,
  task: TaskState,
  attempt: AttemptState,
  failure: Failure,
  usage: Usage,
  now: number,
): Generator<RunEvent> {
  const place = placeOf({ runId: task.run.id, taskId: task.id, attempt: task.attempt })
  const verdict = judge(task, attempt, failure)
  yield* tellTool(state, attempt, failure, now)
  if (verdict === 'cancel') {
    yield { type: 'task.cancelled', ...place, usage }
    yield* skipDependents(state, task, { reason: 'cancelled' })
  } else if (verdict === 'retry' || verdict === 'again') {
    const isSpent = verdict === 'retry'
    const retryAt = now + waitMs(task, failure, isSpent, now)
    const avoid = shouldAvoid(failure) && hasFallback(task, attempt) ? attempt.tool : undefined
    const event = { type: 'task.retried' as const, ...place, usage, failure, retryAt, isSpent }
    yield avoid === undefined ? event : { ...event, avoid }
    if (retryAt <= now) yield { type: 'task.ready', runId: place.runId, taskId: place.taskId }
  } else if (verdict === 'crash-loop') {
    const cause = failure.reason === 'lost' ? 'lost' : 'crashed'
    const crashes = 1 + (cause === 'lost' ? task.lostInRow : task.retriesSpent)
    yield { type: 'task.quarantined', ...place, usage, breach: { breach: 'crash-loop', crashes, cause } }
    yield* afterFailure(state, task)
  } else {
    yield { type: 'task.failed', ...place, usage, failure }
    yield* afterFailure(state, task)
  }
}

function* afterFailure(state: RunMachineState, task: TaskState): Generator<RunEvent> {
  yield* skipDependents(state, task, { reason: 'need-failed', need: task.id })
  if (task.spec.isRequired) yield* stopAfterFailure(state, task)
}

type Verdict = 'cancel' | 'retry' | 'again' | 'crash-loop' | 'fail'

function judge(task: TaskState, attempt: AttemptState, failure: Failure): Verdict {
  if (task.run.isCancelling) return 'cancel'
  switch (failure.reason) {
    case 'interrupted':
      if (failure.by === 'paused') return 'again'
      return failure.by === 'over-reservation' ? retryOr(task, 'fail') : 'cancel'
    case 'lost':
      return task.lostInRow + 1 >= crashLoopAfter ? 'crash-loop' : 'again'
    case 'rate-limited':
    case 'overloaded':
    case 'infrastructure':
      return task.throttledInRow + 1 >= throttledAfter ? 'fail' : 'again'
    case 'quota-exhausted':
      return 'again'
    case 'auth':
    case 'context-exceeded':
    case 'refused':
      return hasFallback(task, attempt) ? 'again' : 'fail'
    case 'inputs-missing':
      return 'fail'
    case 'crashed':
      return retryOr(task, 'crash-loop')
    case 'exited':
    case 'signalled':
    case 'timed-out':
    case 'unparsable':
    case 'protocol':
    case 'over-reservation':
    case 'outputs-missing':
      return retryOr(task, 'fail')
  }
}

function retryOr(task: TaskState, otherwise: 'fail' | 'crash-loop'): Verdict {
  return task.retriesSpent < task.spec.retries ? 'retry' : otherwise
}

function hasFallback(task: TaskState, attempt: AttemptState): boolean {
  return task.spec.tools.some(({ tool }) => tool !== attempt.tool && !task.avoided.includes(tool))
}

/** These belong to the tool rather than to the task: another tool may do better. */
function shouldAvoid({ reason }: Failure): boolean {
  return reason === 'auth' || reason === 'context-exceeded' || reason === 'refused'
}

function waitMs(task: TaskState, failure: Failure, isSpent: boolean, now: number): number {
  if (isSpent) return backoffMs(task, task.retriesSpent)
  if (failure.reason === 'rate-limited' && failure.resetAt !== undefined)
    return Math.max(0, failure.resetAt - now)
  const isThrottled =
    failure.reason === 'rate-limited' ||
    failure.reason === 'overloaded' ||
    failure.reason === 'infrastructure'
  return isThrottled ? backoffMs(task, task.throttledInRow) : 0
}

/** What a failure says of the tool and its account, whatever becomes of the task. */
function* tellTool(
  state: RunMachineState,
  { tool, account }: AttemptState,
  failure: Failure,
  now: number,
): Generator<RunEvent> {
  if (failure.reason === 'rate-limited' && tool !== undefined) {
    const entry = state.tools.get(tool)!
    const present = entry.throttle?.limit ?? entry.running
    yield {
      type: 'tool.throttled',
      tool,
      limit: Math.max(1, Math.floor(present / 2)),
      raiseAt: now + relaxEveryMs,
    }
  }
  if (failure.reason === 'quota-exhausted' && account !== undefined) {
    const inRow = state.accounts.get(account)!.exhaustedInRow
    const until = Math.max(failure.resetAt ?? now + quotaWaitMs * 2 ** Math.min(inRow, 6), now + 1)
    yield { type: 'quota.exhausted', account, until }
  } else if (account !== undefined && state.accounts.get(account)?.breaker.state === 'probing') {
    // The probe ended for another reason: the account answered, or nobody knows; either way the next may try.
    yield { type: 'quota.recovered', account }
  }
}

function closeBreaker(state: RunMachineState, { account }: AttemptState): readonly RunEvent[] {
  const isProbing = account !== undefined && state.accounts.get(account)?.breaker.state === 'probing'
  return isProbing ? [{ type: 'quota.recovered', account }] : noItems
}

/** Whoever waits for money in a scope may try again when something was given back there. */
function* refundScopes(
  state: RunMachineState,
  { scopes }: Pick<AttemptState, 'scopes'>,
): Generator<RunEvent> {
  for (const scope of scopes) {
    for (const _ of state.ready.unfunded(scope)) {
      yield { type: 'budget.unblocked', scope }
      break
    }
  }
}

function* markBudgets(
  state: RunMachineState,
  task: TaskState,
  { scopes }: AttemptState,
): Generator<RunEvent> {
  for (const { mark, ...facts } of [...state.budgets.passed(scopes)]) {
    yield { type: `budget.${mark}`, ...facts }
    if (mark === 'stopped' && facts.scope === `run/${task.run.id}` && !task.run.pauses.has('budget')) {
      yield { type: 'run.paused', runId: task.run.id, reason: 'budget' }
    }
  }
}

/** Cumulative use of a running attempt: beyond its reservation it is interrupted. */
export function* meter(state: RunMachineState, input: Metered): Generator<RunEvent> {
  const task = findTask(state, input)
  if (task?.phase.state !== 'RUNNING' || task.attempt !== input.attempt) return
  const { meteredUsd, reservedUsd, interrupt } = task.phase.attempt
  if (input.usage.costUsd <= meteredUsd) return
  yield { type: 'task.metered', ...placeOf(input), usage: input.usage }
  if (interrupt === undefined && task.spec.kind === 'tool' && input.usage.costUsd > reservedUsd) {
    yield { type: 'task.interrupted', ...placeOf(input), by: 'over-reservation' }
  }
}

/** Its slot and resources are free for others, while what it did is judged and kept. */
export function* freeAttempt(state: RunMachineState, input: OfAttempt): Generator<RunEvent> {
  const task = findTask(state, input)
  if (task?.phase.state !== 'RUNNING' || task.attempt !== input.attempt) return
  if (task.spec.kind === 'person' || task.phase.attempt.isExecuted) return
  yield { type: 'task.executed', ...placeOf(input) }
}

/** Every attempt of a host that is gone ends unseen. */
export function* loseHost(state: RunMachineState, hostId: string, now: number): Generator<RunEvent> {
  const lost = [...state.wanted].sort(([a], [b]) => (a < b ? -1 : 1))
  for (const [, effect] of lost) {
    if (effect.kind !== 'attempt' || effect.hostId !== hostId) continue
    const outcome: AttemptOutcome = { kind: 'failed', failure: { reason: 'lost' } }
    yield* endAttempt(state, { type: 'attempt.ended', ...placeOf(effect), outcome, usage: noUsage }, now)
  }
}

function placeOf({ runId, taskId, attempt }: OfAttempt): OfAttempt {
  return { runId, taskId, attempt }
}
