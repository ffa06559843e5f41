import type { RunEvent } from '@ws/core'
import { expect, test } from 'vitest'
import { attempt, done, inTime, planned, told, usage } from '../told.ts'

const two = ['a', 'b'].map((id) => ({ id, claims: [`${id}/**`], tasks: [{ id, run: 'true' }] }))
const of = { runId: 'r' }

test('tools are known from who offers them, from their use and from what was found out', () => {
  const { health } = told(planned(two), [
    [0, { type: 'host.joined', hostId: 'here', offers: ['tool/aider', 'tool/codex', 'gpu'] }],
    [1, { type: 'tool.degraded', tool: 'codex', health: 'unhealthy', detail: 'no key' }],
    [2, { type: 'tool.throttled', tool: 'aider', limit: 2, raiseAt: 9 }],
    [3, { type: 'tool.degraded', tool: 'gemini', health: 'missing' }],
    [4, { type: 'tool.recovered', tool: 'gemini' }],
    [5, { type: 'tool.throttled', tool: 'gemini', limit: 1, raiseAt: 9 }],
    [6, { type: 'tool.relaxed', tool: 'gemini' }],
  ])
  const known = { version: null, response_time_ms: null }
  expect(health).toEqual({
    aider: { ...known, status: 'unknown', last_check: null, warning: 'used 2 at a time after a rate limit' },
    codex: { ...known, status: 'unhealthy', last_check: '2026-01-02T03:05:05.000Z', warning: 'no key' },
    gemini: { ...known, status: 'healthy', last_check: '2026-01-02T03:08:05.000Z' },
  })
})

test('a run says why it is paused, and goes on when the last reason is gone', () => {
  const paused: (readonly [number, RunEvent])[] = [
    [1, { type: 'run.paused', ...of, reason: 'user' }],
    [2, { type: 'run.paused', ...of, reason: 'budget' }],
    [3, { type: 'run.resumed', ...of, reason: 'user' }],
  ]
  expect(told(planned(two), paused).run('r')?.status).toMatchObject({
    status: 'PAUSED',
    reason: expect.stringContaining('its budget does not allow more'),
  })
  const resumed = told(planned(two), [...paused, [4, { type: 'run.resumed', ...of, reason: 'budget' }]])
  expect(resumed.run('r')?.status.status).toBe('RUNNING')
  expect(resumed.run('r')?.status.reason).toBeUndefined()
  const waits = [{ id: 'a', waitsFor: 'done' }] as const
  const person = told(planned(two), [[1, { type: 'run.paused', ...of, reason: 'needs-person', waits }]])
  expect(person.run('r')?.summary.reason).toContain('ws done a')
})

test('what was added later counts, and a run that was reopened has no end yet', () => {
  const more = planned([{ id: 'c', claims: ['c/**'], tasks: [{ id: 'c', run: 'true', label: 'more' }] }])
  const extended = {
    type: 'run.extended',
    ...of,
    workstreams: more.workstreams,
    tasks: more.tasks.map((task) => ({ task, round: 1 })),
    estimates: { c: { ms: 60_000, usd: 0 } },
  } as const
  const records = told(planned(two), [
    ...inTime([...attempt('a', 0, 1), ...attempt('b', 1, 2)]),
    [2, done],
    [12, { type: 'run.reopened', ...of }],
    [12, extended],
    ...attempt('c', 12, 13),
  ])
  const run = records.run('r')
  expect(run?.status.workstreams['c']).toMatchObject({ succeeded: 1 })
  expect(run?.report).toMatchObject({ status: 'RUNNING', completed_at: null, total_duration_min: null })
  // What lay between end and reopening was nobody's work.
  expect(run?.report.parallel_efficiency.actual_parallel_time_min).toBe(3)
  expect(run?.records.map(({ name }) => name)).toContain('c-more')
})

test('a budget that was raised is the one that counts, and a wider limit widens the bound', () => {
  const records = told(planned(two, { budget: { usd: 5 } }), [
    [0, { type: 'limits.changed', limits: { slots: 7 } }],
    [1, { type: 'budget.changed', scope: 'run/r', limitUsd: 20 }],
    [1, { type: 'budget.changed', scope: 'user/ada/1', limitUsd: 1 }],
  ])
  expect(records.run('r')?.report.cost_summary).toMatchObject({ budget_usd: 20, budget_remaining_usd: 20 })
  expect(records.state.runs.get('r')?.slots).toBe(7)
})

test('a landing that was rejected fails the verification, by the check’s own name', () => {
  const run = planned([{ id: 'a', claims: ['a/**'], tasks: [{ id: 'a', run: 'true' }] }], {
    checks: { unit: { run: 'true' }, lint: { run: 'true' } },
    merge: { checks: ['unit', 'lint'] },
  })
  const landing = { ...of, workstreamId: 'a', round: 1, attempt: 1 }
  const rejected = { kind: 'rejected', checks: ['unit.abc123', 'other'] } as const
  const records = told(run, [
    [1, { type: 'landing.requested', ...landing, after: [] }],
    [2, { type: 'landing.settled', ...landing, outcome: rejected }],
    [2, { type: 'workstream.failed', ...of, workstreamId: 'a', reason: 'rejected' }],
  ])
  expect(records.run('r')?.verification).toMatchObject({
    workstream_id: 'r',
    checks: { unit: false, other: false },
    overall_status: 'FAILED',
    recommendations: ['make the check "unit" pass', 'make the check "other" pass'],
  })
  expect(records.run('r')?.summary.workstreams[0]).toMatchObject({ status: 'FAILED', reason: 'rejected' })
  expect(records.roadmap.plans['r']?.workstreams['a']?.risk_level).toBe('high')
})

test('a verifying task that fails says what to look at, and its exit code is told', () => {
  const run = planned([
    { id: 'v', claims: [], tasks: [{ id: 'check', run: 'false', role: 'verify', phase: 'last' }] },
  ])
  const failure = { reason: 'exited', exitCode: 3 } as const
  const records = told(run, [
    [0, { type: 'task.started', ...of, taskId: 'check', attempt: 1, hostId: 'here', reservedUsd: 0 }],
    [1, { type: 'task.failed', ...of, taskId: 'check', attempt: 1, usage, failure }],
  ])
  const { verification, summary } = records.run('r') ?? {}
  expect(verification).toMatchObject({ workstream_id: 'v', checks: { check: false } })
  expect(verification?.recommendations).toEqual([expect.stringContaining('look at "check": it exited')])
  expect(summary?.workstreams[0]?.exitCode).toBe(3)
  expect(records.roadmap.plans['r']?.phases).toEqual({ last: { percent: 0, completed_at: null } })
})
