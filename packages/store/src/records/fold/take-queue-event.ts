import * as z from 'zod'
import type { LoggedEvent } from '../logged-event.ts'
import type { EntryFacts, QueueFacts } from './records-state.ts'

const entryId = z.string()
const entryIds = z.array(z.string())

/** What is read of the merge queue's events; everything else in them, and every other event, is its own affair. */
const QueueNews = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('landing.queued'),
    level: z.number(),
    entry: z.object({
      id: z.string(),
      kind: z.string(),
      branch: z.string(),
      target: z.string(),
      level: z.number(),
      checks: z.array(z.string()),
    }),
  }),
  z.object({ type: z.enum(['landing.updated', 'landing.requeued']), entryId }),
  z.object({
    type: z.enum([
      'landing.approved',
      'landing.diagnosed',
      'landing.reverted',
      'escalation.raised',
      'escalation.resolved',
    ]),
    entryId,
  }),
  z.object({ type: z.enum(['landing.relevelled', 'landing.jumped']), entryId, level: z.number() }),
  z.object({ type: z.literal('conflict.predicted'), entryId }),
  z.object({ type: z.literal('landing.checked'), entryIds }),
  z.object({ type: z.literal('landing.intended'), landId: z.string(), entryIds }),
  z.object({ type: z.literal('landing.deferred'), landId: z.string() }),
  z.object({ type: z.literal('landing.landed'), entryIds }),
  z.object({ type: z.literal('landing.emptied'), entryId }),
  z.object({ type: z.literal('landing.conflicted'), entryId }),
  z.object({
    type: z.literal('landing.rejected'),
    entryId,
    problem: z.object({ reason: z.string(), checks: z.array(z.object({ name: z.string() })).optional() }),
  }),
  z.object({ type: z.literal('landing.cancelled'), entryId, because: z.string() }),
  z.object({
    type: z.literal('check.started'),
    checkRunId: z.string(),
    check: z.string(),
    entryIds,
    purpose: z.string(),
  }),
  z.object({
    type: z.literal('check.ended'),
    checkRunId: z.string(),
    outcome: z.object({ kind: z.string() }),
    durationMs: z.number(),
  }),
  z.object({ type: z.literal('check.stopped'), checkRunId: z.string() }),
])
type QueueNews = z.output<typeof QueueNews>

/** Takes what happened to the merge queue. */
export function takeQueueEvent(queue: QueueFacts, { event, at }: LoggedEvent): void {
  const parsed = QueueNews.safeParse(event)
  if (!parsed.success) return
  const news = parsed.data
  const change = (id: string, facts: Partial<EntryFacts>) => {
    const entry = queue.entries.get(id)
    if (entry !== undefined) Object.assign(entry, { updatedAt: at }, facts)
  }
  switch (news.type) {
    case 'landing.queued':
      return add(queue, news, at)
    case 'landing.updated':
    case 'landing.requeued': {
      const order = ++queue.lastOrder
      const anew = { status: 'QUEUED', reason: undefined, passed: [], failed: [], order } as const
      return change(news.entryId, anew)
    }
    case 'landing.approved':
    case 'landing.diagnosed':
    case 'landing.reverted':
    case 'escalation.raised':
    case 'escalation.resolved':
      return change(news.entryId, {})
    case 'landing.relevelled':
    case 'landing.jumped':
      return change(news.entryId, { level: news.level })
    case 'conflict.predicted':
      return change(news.entryId, { status: 'QUEUED', reason: 'predicted-conflict' })
    case 'landing.checked':
      for (const id of news.entryIds) change(id, { passed: queue.entries.get(id)?.checks ?? [] })
      return
    case 'landing.intended':
      for (const id of news.entryIds) change(id, { status: 'MERGING', landId: news.landId })
      return
    case 'landing.deferred':
      for (const entry of queue.entries.values())
        if (entry.status === 'MERGING' && entry.landId === news.landId)
          change(entry.id, { status: 'CHECKING' })
      return
    case 'landing.landed':
      for (const id of news.entryIds) change(id, merged(queue, id))
      return
    case 'landing.emptied':
      return change(news.entryId, merged(queue, news.entryId))
    case 'landing.conflicted':
      return change(news.entryId, { status: 'CONFLICTED', reason: 'conflicted' })
    case 'landing.rejected': {
      const failed = news.problem.checks?.map(({ name }) => name) ?? []
      return change(news.entryId, { status: 'FAILED', reason: news.problem.reason, failed })
    }
    case 'landing.cancelled':
      return change(news.entryId, { status: 'CANCELLED', reason: news.because })
    case 'check.started':
      if (news.purpose === 'diagnosis') return
      queue.running.set(news.checkRunId, { check: news.check, entryIds: news.entryIds })
      if (news.purpose !== 'required') return
      for (const id of news.entryIds)
        if (queue.entries.get(id)?.status === 'QUEUED') change(id, { status: 'CHECKING', reason: undefined })
      return
    case 'check.stopped':
      return void queue.running.delete(news.checkRunId)
    case 'check.ended':
      return endCheck(queue, news)
  }
}

function merged(queue: QueueFacts, id: string): Partial<EntryFacts> {
  return { status: 'MERGED', reason: undefined, passed: queue.entries.get(id)?.checks ?? [] }
}

function add(
  queue: QueueFacts,
  { entry, level }: Extract<QueueNews, { type: 'landing.queued' }>,
  at: number,
): void {
  const { level: priority, ...facts } = entry
  queue.entries.set(entry.id, {
    ...facts,
    priority,
    status: 'QUEUED',
    reason: undefined,
    level,
    passed: [],
    failed: [],
    longestCheckMs: 0,
    landId: undefined,
    order: ++queue.lastOrder,
    queuedAt: at,
    updatedAt: at,
  })
}

function endCheck(
  queue: QueueFacts,
  { checkRunId, outcome, durationMs }: Extract<QueueNews, { type: 'check.ended' }>,
): void {
  const run = queue.running.get(checkRunId)
  queue.running.delete(checkRunId)
  // What ended without a verdict says nothing of what was checked.
  const isVerdict = outcome.kind === 'passed' || outcome.kind === 'failed' || outcome.kind === 'timed-out'
  if (run === undefined || !isVerdict) return
  const didPass = outcome.kind === 'passed'
  for (const runId of new Set(run.entryIds.map(runOfEntry))) {
    const count = queue.checks.get(runId) ?? { ran: 0, passed: 0 }
    queue.checks.set(runId, { ran: count.ran + 1, passed: count.passed + Number(didPass) })
  }
  for (const id of run.entryIds) {
    const entry = queue.entries.get(id)
    if (entry === undefined) continue
    entry.longestCheckMs = Math.max(entry.longestCheckMs, durationMs)
    if (didPass && entry.checks.includes(run.check) && !entry.passed.includes(run.check))
      entry.passed = [...entry.passed, run.check]
  }
}

/** Rounds of a run are queued under `land/<run>/…`; what others queued belongs to no run. */
export function runOfEntry(id: string): string {
  const [kind, run = ''] = id.split('/')
  return kind === 'land' ? run : ''
}

/** An archived run takes what it landed with it. */
export function forgetRun(queue: QueueFacts, runId: string): void {
  queue.checks.delete(runId)
  for (const { id } of [...queue.entries.values()]) if (runOfEntry(id) === runId) queue.entries.delete(id)
}
