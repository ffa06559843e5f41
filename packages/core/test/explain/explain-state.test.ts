import { describe, expect, it } from 'vitest'
import {
  explainPause,
  explainQuarantine,
  explainResume,
  explainSkip,
  explainWorkstreamFailure,
} from '../../src/explain/explain-state.ts'
import type { PauseReason, SkipReason, WorkstreamFailure } from '../../src/run/run-event.ts'

describe('what is said of states', () => {
  it('why a task was skipped', () => {
    const reasons: readonly SkipReason[] = [
      { reason: 'need-failed', need: 'n1' },
      { reason: 'base-lost', base: 'run/a' },
      { reason: 'cancelled' },
      { reason: 'workstream-stopped', task: 'n1' },
      { reason: 'discarded' },
    ]
    expect(reasons.map((reason) => explainSkip(reason, 'run'))).toMatchInlineSnapshot(`
      [
        "it needs task "n1", which did not succeed",
        "it builds on workstream "a", which did not land",
        "the run was cancelled",
        "task "n1" of its workstream failed",
        "what it builds on was discarded",
      ]
    `)
    expect(explainSkip({ reason: 'base-lost', base: 'run/a' })).toContain('of run "run"')
  })

  it('why a run pauses, with the command that lifts it, and why it does no more', () => {
    const reasons: readonly PauseReason[] = ['user', 'budget', 'disk', 'no-host']
    expect(reasons.map((reason) => [explainPause(reason), explainResume(reason)])).toMatchInlineSnapshot(`
      [
        [
          "a person paused it (\`ws resume\`)",
          "a person resumed it",
        ],
        [
          "its budget does not allow more (\`ws resume --budget <usd>\`)",
          "its budget was raised",
        ],
        [
          "there is too little disk space",
          "there is disk space again",
        ],
        [
          "no host offers what it requires (\`ws resume <run>\`)",
          "it waits for no host any more",
        ],
      ]
    `)
    expect(
      explainPause('needs-person', [
        { id: 'n1', waitsFor: 'done' },
        { id: 'a', waitsFor: 'approve' },
        { id: 'b', waitsFor: 'release' },
      ]),
    ).toMatchInlineSnapshot(
      `"it waits for a person (\`ws done n1\`, \`ws merge approve a\`, \`ws release b\`, \`ws retry b\` or \`ws discard b\`)"`,
    )
    expect(explainResume('needs-person')).toBe('it waits for no person any more')
  })

  it('why a workstream failed or is quarantined', () => {
    const reasons: readonly WorkstreamFailure[] = [
      'task',
      'skipped',
      'conflicted',
      'rejected',
      'infrastructure',
      'cancelled',
      'discarded',
    ]
    expect(reasons.map(explainWorkstreamFailure)).toMatchInlineSnapshot(`
      [
        "a required task failed",
        "a required task was skipped",
        "its branch conflicts with the target",
        "its branch did not pass the checks",
        "its landing met a fault of its surroundings",
        "the run was cancelled",
        "it was discarded",
      ]
    `)
    expect((['task', 'landing', 'base-discarded'] as const).map(explainQuarantine)).toMatchInlineSnapshot(`
      [
        "a task broke a guardrail",
        "its branch broke a guardrail on the way to the target",
        "what it builds on was discarded",
      ]
    `)
  })
})
