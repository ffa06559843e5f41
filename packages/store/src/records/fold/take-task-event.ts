import { noUsage, type RunEvent, type Usage } from '@ws/core'
import * as z from 'zod'
import { toIsoTime } from '../../platform/iso-time.ts'
import type { LoggedEvent } from '../logged-event.ts'
import type { LedgerLine } from '../shapes/ledger-line.ts'
import type { AttemptFacts, ChangeFacts, RecordsState, RunFacts, TaskFacts } from './records-state.ts'
import { unknownTool } from './records-state.ts'

/** What a host may tell of a success besides its commit; the run machine does not read it. */
const WithChange = z.object({
  changed: z.object({ files: z.array(z.string()), linesAdded: z.number(), linesRemoved: z.number() }),
})

type TaskEvent = Extract<RunEvent, { readonly taskId: string }>

/** Takes what happened to a task or to one of its attempts. */
export function takeTaskEvent(
  state: RecordsState,
  run: RunFacts,
  event: TaskEvent,
  logged: LoggedEvent,
): void {
  const task = run.tasks.get(event.taskId)
  if (task === undefined) return
  const { at } = logged
  const workstream = run.workstreams.get(task.spec.workstream)
  if (workstream !== undefined) workstream.updatedAt = at
  const settle = (usage: Usage, isUnseen: boolean) => {
    const attempt = task.attempts.at(-1)
    if (attempt === undefined || attempt.endedAt !== undefined) return
    settleAttempt(attempt, { usage: ownUsage(task, usage), isUnseen, at })
    if (task.spec.kind !== 'tool') return
    const line = { action: isUnseen ? 'assumed' : 'settled', amount: attempt.settledUsd ?? 0 } as const
    state.ledger.push(ledgerLine(run, task, attempt, { ...line, tokens: attempt.usage.tokens }, logged))
  }
  switch (event.type) {
    case 'task.ready':
      task.status = 'READY'
      task.readyAt = at
      return
    case 'task.started':
      task.status = 'RUNNING'
      task.endedAt = undefined
      task.attempts.push(startAttempt(event, at))
      return void (event.tool !== undefined && state.tools.get(event.tool) === undefined
        ? state.tools.set(event.tool, unknownTool())
        : undefined)
    case 'task.metered': {
      const attempt = task.attempts.at(-1)
      if (attempt !== undefined && attempt.endedAt === undefined) attempt.usage = ownUsage(task, event.usage)
      return
    }
    case 'task.succeeded':
      settle(event.usage, false)
      task.commit = event.commit
      task.changed = WithChange.safeParse(event).data?.changed ?? changeOf(task, event.attempt)
      noteTool(state, task, at)
      return endTask(task, 'SUCCEEDED', undefined, at)
    case 'task.retried':
      settle(event.usage, event.failure.reason === 'lost')
      task.status = 'PENDING'
      task.problem = { kind: 'failure', failure: event.failure }
      return
    case 'task.failed':
      settle(event.usage, event.failure.reason === 'lost')
      return endTask(task, 'FAILED', { kind: 'failure', failure: event.failure }, at)
    case 'task.quarantined': {
      const { breach } = event
      settle(event.usage, breach.breach === 'crash-loop' && breach.cause === 'lost')
      return endTask(task, 'QUARANTINED', { kind: 'breach', breach }, at)
    }
    case 'task.cancelled':
      settle(event.usage, false)
      return endTask(task, 'SKIPPED', { kind: 'skip', because: { reason: 'cancelled' } }, at)
    case 'task.skipped':
      return endTask(task, 'SKIPPED', { kind: 'skip', because: event.because }, at)
    case 'task.revived':
      task.round = event.round
      task.status = 'PENDING'
      task.endedAt = undefined
      task.problem = undefined
      return
    case 'task.accepted':
      return endTask(task, 'SUCCEEDED', undefined, at)
    case 'attempt.superseded':
      return correct(state, run, task, event, logged)
    case 'task.interrupted':
    case 'task.executed':
    case 'task.finishing':
    case 'task.reprioritised':
    case 'budget.blocked':
      return
  }
}

/** What its host saw, where that was of the attempt that counts. */
function changeOf({ left }: TaskFacts, attempt: number): ChangeFacts | undefined {
  return left?.attempt === attempt ? left.changed : undefined
}

/** Plain commands and persons cost nothing that is metered, whatever they say. */
function ownUsage({ spec }: TaskFacts, usage: Usage): Usage {
  return spec.kind === 'tool' ? usage : { ...usage, costUsd: 0 }
}

function startAttempt(
  { attempt, tool, account, reservedUsd }: Extract<TaskEvent, { type: 'task.started' }>,
  at: number,
): AttemptFacts {
  return {
    attempt,
    tool,
    account,
    startedAt: at,
    reservedUsd,
    endedAt: undefined,
    usage: noUsage,
    settledUsd: undefined,
    isAssumed: false,
  }
}

/** As the run machine settles it: at the larger of metered and reserved where its end was not seen. */
function settleAttempt(
  attempt: AttemptFacts,
  { usage, isUnseen, at }: { readonly usage: Usage; readonly isUnseen: boolean; readonly at: number },
): void {
  const costUsd = Math.max(attempt.usage.costUsd, usage.costUsd)
  attempt.endedAt = at
  attempt.usage = {
    costUsd,
    tokens: Math.max(attempt.usage.tokens, usage.tokens),
    durationMs: Math.max(attempt.usage.durationMs, usage.durationMs),
  }
  attempt.settledUsd = isUnseen ? Math.max(costUsd, attempt.reservedUsd) : costUsd
  attempt.isAssumed = isUnseen
}

function correct(
  state: RecordsState,
  run: RunFacts,
  task: TaskFacts,
  event: Extract<TaskEvent, { type: 'attempt.superseded' }>,
  logged: LoggedEvent,
): void {
  const usage = ownUsage(task, event.usage)
  const attempt = task.attempts.find((each) => each.attempt === event.attempt)
  if (attempt === undefined || !attempt.isAssumed) return
  const change = {
    action: 'corrected' as const,
    amount: usage.costUsd - (attempt.settledUsd ?? 0),
    tokens: usage.tokens - attempt.usage.tokens,
  }
  attempt.usage = usage
  attempt.settledUsd = usage.costUsd
  attempt.isAssumed = false
  if (task.spec.kind === 'tool') state.ledger.push(ledgerLine(run, task, attempt, change, logged))
}

function ledgerLine(
  run: RunFacts,
  task: TaskFacts,
  attempt: AttemptFacts,
  { action, amount, tokens }: Pick<LedgerLine, 'action' | 'amount' | 'tokens'>,
  { seq, at }: LoggedEvent,
): LedgerLine {
  return {
    seq,
    ts: toIsoTime(at),
    run_id: run.id,
    correlation_id: run.spec.correlationId,
    workstream_id: task.spec.workstream,
    task_id: task.id,
    attempt: attempt.attempt,
    tool: attempt.tool ?? null,
    account: attempt.account ?? null,
    user: run.spec.user,
    action,
    tokens,
    // Millionths of a dollar, as budgets count: differences of fractions would show otherwise.
    amount: Math.round(amount * 1_000_000) / 1_000_000,
    duration_ms: attempt.usage.durationMs,
  }
}

function endTask(
  task: TaskFacts,
  status: TaskFacts['status'],
  problem: TaskFacts['problem'],
  at: number,
): void {
  task.status = status
  task.problem = problem
  task.endedAt = at
}

/** A tool that has just done something needs no other look. */
function noteTool(state: RecordsState, task: TaskFacts, at: number): void {
  const tool = task.attempts.at(-1)?.tool
  if (tool === undefined) return
  const facts = state.tools.get(tool) ?? unknownTool()
  facts.health ??= 'healthy'
  facts.checkedAt = at
  state.tools.set(tool, facts)
}
