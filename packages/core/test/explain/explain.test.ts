import { describe, expect, it } from 'vitest'
import { explain } from '../../src/explain/explain.ts'
import { explainLanding } from '../../src/explain/explain-workstream-event.ts'
import type { RunEvent } from '../../src/run/run-event.ts'
import type { LandingOutcome } from '../../src/run/run-input.ts'
import { samples } from './sample-events.ts'

describe('explain', () => {
  it('says every event in one sentence', () => {
    const said = Object.values(samples).map((event: RunEvent) => explain(event))
    for (const sentence of said) expect(sentence).toMatch(/^[A-Z][^\n]*\.$/)
    expect(new Set(said).size).toBe(said.length)
    expect(said).toMatchInlineSnapshot(`
      [
        "Run "run" started: OAuth2 for the user service, 2 workstreams and 3 tasks.",
        "Run "run" was given 1 workstream and 2 tasks.",
        "Run "run" paused: it waits for a person (\`ws done n1\`).",
        "Run "run" resumed: it waits for no person any more.",
        "Run "run" is being cancelled.",
        "Run "run" completed: 2 of 2 workstreams completed.",
        "Run "run" failed: 1 of 3 workstreams completed, 1 failed, 1 quarantined.",
        "Run "run" was cancelled: 0 of 2 workstreams completed, 2 failed.",
        "Run "run" was reopened.",
        "Run "run" was archived.",
        "Workstream "api" started round 1 on top of workstream "db".",
        "Workstream "api" completed: it landed as 4b825dc.",
        "Workstream "api" failed: its branch conflicts with the target.",
        "Workstream "api" was quarantined: a task broke a guardrail.",
        "Workstream "api" was reopened for round 2.",
        "Workstream "api" was released from quarantine.",
        "Workstream "api" is stranded: workstream "db", which it builds on, was lost.",
        "Workstream "api" goes on: what it builds on is there again.",
        "Task "n1" is ready.",
        "Task "n1" started with aider on host "laptop", $4.00 reserved, attempt 2.",
        "Task "n1" has used $0.42 so far, attempt 2.",
        "Task "n1" is told to stop: it used more than was reserved.",
        "Task "n1" is done, a person says.",
        "Task "n1" has ended its work; what it did is being judged and kept.",
        "Task "n1" succeeded.",
        "Task "n1" did not end within 10m; it is tried again from 2026-05-01 10:30:00 UTC on.",
        "Task "n1" failed: it exited with code 1.",
        "Task "n1" was quarantined: it changed .github/workflows/ci.yml outside its claims.",
        "Task "n1" was cancelled in attempt 2.",
        "Task "n1" was skipped: it needs task "n0", which did not succeed.",
        "Task "n1" will be tried again, in round 1.",
        "Task "n1" counts as done: a person released it.",
        "Task "n1" has priority 0 now.",
        "Attempt 2 of task "n1" was heard of late: it had used $0.42.",
        "Workstream "api" holds src/api/** without src/api/generated/** and docs/** (shared).",
        "Workstream "api" waits for workstream "db", which holds src/api/user.ts.",
        "Workstream "api" let its claims go.",
        "Workstream "api" of run "run" and workstream "docs" of run "run" will conflict in README.md.",
        "Workstream "api" is to land after workstream "db".",
        "Workstream "api" passed its checks and waits for approval (\`ws merge approve api\`).",
        "Workstream "api" was approved for landing.",
        "Workstream "api" is asked back from landing.",
        "Workstream "api" did not land: it did not pass unit.",
        "The budget of run "run" runs low: $12.00 of $15.00 is spent.",
        "The budget of user "ada" on 2026-05-01 allows no more: $19.00 of $20.00 is spent.",
        "The budget of run "run" is $20.00 now.",
        "Task "n1" waits for $4.00 in the budget of workstream "api" of run "run".",
        "Whoever waits for money of tool "aider" may ask again.",
        "Account "anthropic" has no quota left: its tasks wait until 2026-05-01 10:30:00 UTC.",
        "Account "anthropic" is tried again, with one attempt.",
        "Account "anthropic" answers again.",
        "Tool "aider" was rate-limited: 2 at a time until 2026-05-01 10:30:00 UTC.",
        "Tool "aider" may be used 3 at a time now.",
        "Tool "aider" is unhealthy: no answer in 5s.",
        "Tool "aider" is healthy again.",
        "Host "laptop" joined, offering tool/aider and tool/codex.",
        "Host "laptop" left.",
        "There is too little disk space.",
        "The limits are slots 3 and cpu 8 now.",
        "Command "c1" was refused: there is no run "x" (see \`ws list\`).",
      ]
    `)
  })

  it('says what is particular about one', () => {
    const variants: readonly RunEvent[] = [
      { ...samples['run.extended'], workstreams: [] },
      { ...samples['run.cancelling'], because: 'task-failed' },
      { ...samples['run.completed'], counts: { completed: 0, failed: 0, quarantined: 0 } },
      { ...samples['workstream.started'], round: 2, bases: [] },
      { ...samples['workstream.stranded'], base: 'other/db' },
      { type: 'workstream.completed', runId: 'run', workstreamId: 'api' },
      { ...samples['claim.blocked'], why: 'barrier' },
      { ...samples['claim.blocked'], why: 'order' },
      { ...samples['claim.blocked'], why: 'landing', holder: '', path: '' },
      { type: 'task.started', runId: 'run', taskId: 'n1', attempt: 1, hostId: 'laptop', reservedUsd: 0 },
      { ...samples['task.retried'], isSpent: false, avoid: 'aider' },
      {
        type: 'task.succeeded',
        runId: 'run',
        taskId: 'n1',
        attempt: 1,
        usage: samples['task.metered'].usage,
      },
      { type: 'budget.changed', scope: 'account/acme' },
      { type: 'tool.relaxed', tool: 'aider' },
      { type: 'tool.degraded', tool: 'aider', health: 'degraded' },
      { ...samples['disk.measured'], isLow: false },
      { ...samples['limits.changed'], limits: {} },
      { ...samples['host.joined'], offers: ['a', 'b', 'c', 'd', 'e', 'f', 'g'] },
      { type: 'command.answered', commandId: 'c1', answer: { ok: true } },
      {
        type: 'command.answered',
        commandId: 'c1',
        answer: { ok: false, code: 'WS_X', message: 'it is not so' },
      },
    ]
    expect(variants.map(explain)).toMatchInlineSnapshot(`
      [
        "Run "run" was given 2 tasks.",
        "Run "run" is being stopped: a required task failed.",
        "Run "run" completed: 0 of 0 workstreams completed.",
        "Workstream "api" started round 2.",
        "Workstream "api" is stranded: workstream "db" of run "other", which it builds on, was lost.",
        "Workstream "api" completed with nothing to land.",
        "Workstream "api" lets workstream "db" go first, which has waited too long for src/api/user.ts.",
        "Workstream "api" waits for workstream "db": with its claims taken now, the two could wait for each other.",
        "Workstream "api" waits: as many branches are landing as may.",
        "Task "n1" started on host "laptop", attempt 1.",
        "Task "n1" did not end within 10m; it is tried again without aider from 2026-05-01 10:30:00 UTC on, which spends no retry.",
        "Task "n1" succeeded and changed nothing.",
        "The budget of account "acme" has no limit now.",
        "Tool "aider" may be used to its own limit again.",
        "Tool "aider" is degraded.",
        "There is enough disk space again.",
        "The limits are nothing now.",
        "Host "laptop" joined, offering a, b, c, d, e and 2 more.",
        "Command "c1" was accepted.",
        "Command "c1" was refused: it is not so.",
      ]
    `)
  })

  it('says how a landing ended', () => {
    const outcomes: readonly LandingOutcome[] = [
      { kind: 'landed', commit: '4b825dc' },
      { kind: 'conflicted', paths: ['a.ts', 'b.ts'] },
      { kind: 'rejected', checks: ['lint', 'unit', 'e2e'] },
      { kind: 'breached', breach: { breach: 'secret', path: '.env', kind: 'key' } },
      { kind: 'withdrawn' },
      { kind: 'lost' },
      { kind: 'infrastructure', detail: 'the disk is full' },
    ]
    expect(outcomes.map(explainLanding)).toMatchInlineSnapshot(`
      [
        "landed as 4b825dc",
        "did not land: it conflicts with the target in a.ts and b.ts",
        "did not land: it did not pass lint, unit and e2e",
        "did not land: it has a secret (key) in .env",
        "did not land: it was asked back",
        "was on its way to the target when its landing was lost from sight; it is asked for again",
        "did not land for a fault of its surroundings: the disk is full",
      ]
    `)
  })
})
