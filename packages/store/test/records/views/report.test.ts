import { compilePlan, resolveRun, type RunEvent } from '@ws/core'
import { describe, expect, test } from 'vitest'
import { Records, reportMarkdown } from '../../../src/records/index.ts'
import { began, livedLog } from '../lived-log.ts'
import { attempt, done, inTime, planned, told, usage } from '../told.ts'

describe('parallel efficiency', () => {
  const four = ['a', 'b', 'c', 'd'].map((id) => ({ id, claims: [`${id}/**`], tasks: [{ id, run: 'true' }] }))

  test('is the bound by slots over what it took, and says so', () => {
    const story = [
      ...attempt('a', 0, 10),
      ...attempt('b', 0, 10),
      ...attempt('c', 10, 20),
      ...attempt('d', 10, 20),
    ]
    const records = told(planned(four, { concurrency: 2 }), [...inTime(story), [20, done]])
    expect(records.run('r')?.report.parallel_efficiency).toEqual({
      sequential_time_estimate_min: 40,
      actual_parallel_time_min: 20,
      lower_bound_min: 20,
      efficiency_pct: 100,
      note: 'limited by 2 slots for all the work',
    })
  })

  test('leaves pauses out, and says where the rest of the time went', () => {
    const story: (readonly [number, RunEvent])[] = [
      ...attempt('a', 0, 10),
      ...attempt('b', 25, 35),
      [5, { type: 'claim.blocked', runId: 'r', workstreamId: 'b', holder: 'r/a', path: 'x', why: 'held' }],
      [10, { type: 'run.paused', runId: 'r', reason: 'user' }],
      [15, { type: 'run.resumed', runId: 'r', reason: 'user' }],
      [25, { type: 'claim.granted', runId: 'r', workstreamId: 'b', claims: [] }],
    ]
    const records = told(planned(four.slice(0, 2)), [...inTime(story), [35, done]])
    expect(records.run('r')?.report.parallel_efficiency).toMatchObject({
      actual_parallel_time_min: 30,
      lower_bound_min: 10,
      efficiency_pct: 33.3,
      note: expect.stringContaining('1200.0 s went into workstream "b" waiting for its claims'),
    })
  })

  test('knows that tasks of a workstream run in turn, that chains bind, and that a check comes last', () => {
    const oneStream = planned([
      { id: 'w', claims: ['w/**'], tasks: ['x', 'y', 'z'].map((id) => ({ id, run: 'true', needs: [] })) },
    ])
    const story = [...attempt('x', 0, 5), ...attempt('y', 5, 10), ...attempt('z', 10, 15)]
    const inTurn = told(oneStream, [...story, [15, done]])
    expect(inTurn.run('r')?.report.parallel_efficiency).toMatchObject({
      lower_bound_min: 15,
      efficiency_pct: 100,
    })

    const chained = planned([four[0]!, { ...four[1]!, tasks: [{ id: 'b', run: 'true', needs: ['a'] }] }])
    const records = told(chained, [...attempt('a', 0, 5), ...attempt('b', 5, 10)])
    const entry = {
      id: 'land/r/b/1',
      kind: 'branch',
      branch: 'b',
      target: 'main',
      level: 2,
      checks: ['unit'],
    }
    const queue = [
      { type: 'landing.queued', entry, level: 2 },
      { type: 'check.started', checkRunId: 'r1', check: 'unit', entryIds: [entry.id], purpose: 'required' },
      { type: 'check.ended', checkRunId: 'r1', outcome: { kind: 'passed' }, durationMs: 120_000 },
      { type: 'landing.landed', entryIds: [entry.id] },
    ]
    for (const event of queue)
      records.take({ seq: records.seq + 1, at: began + 720_000, stream: 'queue', event })
    records.take({ seq: records.seq + 1, at: began + 720_000, stream: 'run', event: done })
    expect(records.run('r')?.report).toMatchObject({
      parallel_efficiency: {
        lower_bound_min: 12,
        efficiency_pct: 100,
        note: expect.stringContaining('a → b'),
      },
      merge_summary: { pre_merge_checks_run: 1, pre_merge_checks_passed: 1 },
    })
  })

  test('of a run in which nothing happened is not told', () => {
    const none = told(planned(four), []).run('r')?.report.parallel_efficiency
    expect(none).toMatchObject({ efficiency_pct: null, actual_parallel_time_min: 0 })
  })
})

test('what a success changed is told where the log tells it, each file once', () => {
  const run = planned([{ id: 'w', claims: ['w/**'], tasks: ['x', 'y'].map((id) => ({ id, run: 'true' })) }])
  const changed = (files: readonly string[]) => ({ files, linesAdded: 3, linesRemoved: 1 })
  const story = ['x', 'y'].map((taskId): readonly [number, RunEvent] => {
    const event = { type: 'task.succeeded', runId: 'r', taskId, attempt: 1, usage } as const
    return [1, { ...event, changed: changed(['w/a', `w/${taskId}`]) } as RunEvent]
  })
  const report = told(run, story).run('r')?.report
  expect(report?.nodes[0]?.files_modified).toEqual(['w/a', 'w/x'])
  expect(report?.quality_metrics).toMatchObject({ files_changed: 3, lines_added: 6, lines_removed: 2 })
})

test('a report for people is a page', async () => {
  const records = new Records()
  for (const event of (await livedLog(3, { isCalm: true })).events) records.take(event)
  expect(records.run('one')?.markdown).toMatchInlineSnapshot(`
    "# sample

    COMPLETED, run \`one\`, from 2026-01-02T03:04:05.000Z to 2026-01-02T03:21:30.545Z, 17.4 min.

    ## Tasks

    | task | tool | state | time | attempts | tokens | cost |
    | --- | --- | --- | ---: | ---: | ---: | ---: |
    | n1: middle ware | aider | SUCCEEDED | 4.6 min | 1 | 0 | $0.00 |
    | n2 | codex | SUCCEEDED | 7.2 min | 1 | 0 | $0.57 |
    | n3 | – | SUCCEEDED | 4.8 min | 1 | 0 | $0.00 |
    | n4 | claude | SUCCEEDED | 5.3 min | 1 | 0 | $1.00 |

    ## Cost

    $1.57 of $50.00 (3.1 %).

    - aider: $0.00
    - claude: $1.00
    - codex: $0.57

    ## Time

    One after the other 21.8 min, really 17.4 min, at least 17 min: 97.6 %. Limited by the longest chain of tasks: n1 → n2 → n4.

    ## Landing

    2 landed, 0 conflicted; 0 of 0 check runs passed.
    "
  `)
})

test('nothing that plans and tools say is markup in it', () => {
  const run = planned([
    { id: 'w', claims: ['w/**'], tasks: [{ id: 'x', label: '| <b>*a*</b>\n# x', run: 'true' }] },
  ])
  const failure = { reason: 'crashed', detail: '<script>' } as const
  const records = told(run, [
    [1, { type: 'task.failed', runId: 'r', taskId: 'x', attempt: 1, usage, failure }],
  ])
  const report = records.run('r')?.report
  const page = report === undefined ? '' : reportMarkdown(report)
  expect(page).toContain(String.raw`x: \| \<b\>\*a\*\</b\> \# x`)
  expect(page).not.toContain('<script>')
})

test('the record of a workstream that came from one node is called after it', async () => {
  const node = {
    id: 'n1',
    label: 'Add Tests',
    tool: 'aider',
    role: 'wt',
    goal: 'g',
    prompt: 'p',
    path_claims: [],
  }
  const claims = [{ path: 'tests/**', mode: 'exclusive' }]
  const compiled = await compilePlan(
    JSON.stringify({
      plan_id: 'plan_abc',
      correlation_id: 'corr_x',
      branch_base: 'main',
      global_budget_usd: 15,
      nodes: [
        { ...node, path_claims: claims, estimated_cost: 4, estimated_duration_min: 9, branch: 'lane/n1' },
      ],
      execution_order: [{ parallel: ['n1'] }],
    }),
    { file: 'plan.json' },
  )
  const plan = compiled.ok ? compiled.plan : undefined
  if (plan === undefined) throw new Error(JSON.stringify(compiled))
  const records = told(resolveRun(plan, { runId: 'r', user: 'ada' }), [])
  expect(records.workstreams).toMatchObject([
    { id: 'r', correlationId: 'corr_x', metadata: { planId: 'plan_abc', budgetUsd: 15, taskCount: 1 } },
    { parentId: 'r', name: 'n1-Add Tests', metadata: { taskId: 'n1', branch: 'lane/n1', estimatedUsd: 4 } },
  ])
})
