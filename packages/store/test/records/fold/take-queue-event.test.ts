import { expect, test } from 'vitest'
import { type LoggedEvent, Records } from '../../../src/records/index.ts'
import { began } from '../lived-log.ts'

/** Tells a queue's events, a second apart. */
function told(events: readonly (LoggedEvent['event'] & Record<string, unknown>)[]): Records {
  const records = new Records()
  for (const [n, event] of events.entries())
    records.take({ seq: n + 1, at: began + n * 1_000, stream: 'queue', event })
  return records
}

function queued(id: string, level = 2) {
  const entry = { id, kind: 'branch', branch: `lane/${id}`, target: 'main', level, checks: ['lint', 'unit'] }
  return { type: 'landing.queued', entry: { ...entry, commit: 'c', after: [] }, level: level + 100 }
}

function started(checkRunId: string, check: string, entryIds: readonly string[], purpose = 'required') {
  return { type: 'check.started', checkRunId, check, entryIds, purpose }
}

function ended(checkRunId: string, kind: string, durationMs = 1_500) {
  return { type: 'check.ended', checkRunId, outcome: { kind }, durationMs }
}

test('entries stand in the order of their urgency, with what has passed', () => {
  const { queue } = told([
    queued('b'),
    queued('a', 1),
    queued('c'),
    started('r1', 'lint', ['a', 'b']),
    ended('r1', 'passed'),
    started('r2', 'unit', ['a'], 'advisory'),
    ended('r2', 'lost'),
    { type: 'landing.relevelled', entryId: 'c', level: 90 },
  ])
  expect(queue.queue.map(({ id, status, position }) => [id, status, position])).toEqual([
    ['c', 'QUEUED', 1],
    ['a', 'CHECKING', 2],
    ['b', 'CHECKING', 3],
  ])
  expect(queue.queue[1]).toEqual({
    id: 'a',
    branch: 'lane/a',
    target: 'main',
    status: 'CHECKING',
    priority: 1,
    checks_required: ['lint', 'unit'],
    checks_passed: ['lint'],
    position: 2,
    eta_sec: null,
    created_at: '2026-01-02T03:04:06.000Z',
    updated_at: '2026-01-02T03:04:08.000Z',
  })
})

test('what has landed, conflicted, failed or was taken out is history, the newest first', () => {
  const { queue } = told([
    ...['a', 'b', 'c', 'd', 'e'].map((id) => queued(id)),
    { type: 'landing.checked', entryIds: ['a'] },
    { type: 'landing.intended', landId: 'l1', entryIds: ['a'] },
    { type: 'landing.deferred', landId: 'l1' },
    { type: 'landing.intended', landId: 'l2', entryIds: ['a'] },
    { type: 'landing.landed', landId: 'l2', entryIds: ['a'] },
    { type: 'landing.conflicted', entryId: 'b', conflicts: [] },
    {
      type: 'landing.rejected',
      entryId: 'c',
      problem: { reason: 'check-failed', checks: [{ name: 'unit' }] },
    },
    { type: 'landing.cancelled', entryId: 'd', because: 'removed' },
    { type: 'landing.emptied', entryId: 'e', commit: 'c' },
    { type: 'landing.requeued', entryId: 'd' },
    { type: 'conflict.predicted', entryId: 'd', with: 'a', conflicts: [] },
    { type: 'escalation.raised', entryId: 'c', escalation: 1 },
    { type: 'check.stopped', checkRunId: 'r9' },
    { type: 'target.moved', to: 'x', target: 'main' },
  ])
  expect(queue.queue).toMatchObject([{ id: 'd', status: 'QUEUED', reason: 'predicted-conflict' }])
  expect(queue.processing_history.map(({ id, status, reason }) => [id, status, reason])).toEqual([
    ['c', 'FAILED', 'check-failed'],
    ['e', 'MERGED', undefined],
    ['b', 'CONFLICTED', 'conflicted'],
    ['a', 'MERGED', undefined],
  ])
  expect(queue.processing_history[3]).toMatchObject({
    merged_at: '2026-01-02T03:04:14.000Z',
    duration_sec: 9,
  })
})

test('while it is being landed an entry stands before all others', () => {
  const { queue } = told([
    queued('a', 1),
    queued('b', 3),
    { type: 'landing.intended', landId: 'l1', entryIds: ['b'] },
    { type: 'landing.jumped', entryId: 'a', level: 0 },
  ])
  expect(queue.queue.map(({ id, status }) => [id, status])).toEqual([
    ['b', 'MERGING'],
    ['a', 'QUEUED'],
  ])
})

test('the log tells what the queue said in words, on one line that no terminal obeys', () => {
  const records = told([
    queued('a'),
    { type: 'landing.cancelled', entryId: 'a\u001B[2J\nb', because: 'removed' },
  ])
  expect([...records.log()].map(({ text }) => text)).toEqual([
    '1 2026-01-02T03:04:05.000Z queue: landing queued.',
    '2 2026-01-02T03:04:06.000Z queue: landing cancelled (entryId a [2J b).',
  ])
})
