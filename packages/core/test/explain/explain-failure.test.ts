import { describe, expect, it } from 'vitest'
import type { Breach, Failure, InterruptReason } from '../../src/errors/failure.ts'
import { explainBreach } from '../../src/explain/explain-breach.ts'
import { explainFailure } from '../../src/explain/explain-failure.ts'

const at = Date.UTC(2026, 4, 1, 10, 30)

describe('explainFailure', () => {
  it('says each reason so that it can stand after "it"', () => {
    const failures: { readonly [Reason in Failure['reason']]: Extract<Failure, { reason: Reason }> } = {
      exited: { reason: 'exited', exitCode: 2, tail: 'Error: no' },
      signalled: { reason: 'signalled', signal: 'SIGKILL' },
      'timed-out': { reason: 'timed-out', afterMs: 600_000, limit: 'run' },
      crashed: { reason: 'crashed', detail: 'stdout closed' },
      unparsable: { reason: 'unparsable', detail: 'line 3 is no JSON' },
      protocol: { reason: 'protocol', detail: 'no result' },
      refused: { reason: 'refused', detail: 'against policy' },
      auth: { reason: 'auth', detail: 'no key' },
      'rate-limited': { reason: 'rate-limited', resetAt: at },
      'quota-exhausted': { reason: 'quota-exhausted', resetAt: at },
      overloaded: { reason: 'overloaded' },
      'context-exceeded': { reason: 'context-exceeded', detail: '210,000 tokens' },
      'over-reservation': { reason: 'over-reservation', spentUsd: 4.2, reservedUsd: 4 },
      'outputs-missing': { reason: 'outputs-missing', paths: ['a', 'b'] },
      'inputs-missing': { reason: 'inputs-missing', patterns: ['src/*.py'] },
      interrupted: { reason: 'interrupted', by: 'cancelled' },
      lost: { reason: 'lost' },
      infrastructure: { reason: 'infrastructure', detail: '' },
    }
    expect(Object.values(failures).map(explainFailure)).toMatchInlineSnapshot(`
      [
        "exited with code 2",
        "was ended by SIGKILL",
        "did not end within 10m",
        "crashed: stdout closed",
        "gave an answer that cannot be read: line 3 is no JSON",
        "broke its own protocol: no result",
        "refused the task: against policy",
        "is not signed in: no key",
        "was rate-limited until 2026-05-01 10:30:00 UTC",
        "has no quota left until 2026-05-01 10:30:00 UTC",
        "met an overloaded service",
        "needed more context than the model takes: 210,000 tokens",
        "used $4.20 where $4.00 was reserved",
        "did not make its outputs a and b",
        "has inputs that match nothing: src/*.py",
        "was interrupted: the run was cancelled",
        "was lost: its end was not seen",
        "met a fault of its surroundings",
      ]
    `)
  })

  it('tells the limits of time apart, and rounds what no person counts', () => {
    const timeouts = [
      { reason: 'timed-out', afterMs: 90_400, limit: 'run' },
      { reason: 'timed-out', afterMs: 300_000, limit: 'idle' },
      { reason: 'timed-out', afterMs: 12.3, limit: 'queue' },
    ] as const
    expect(timeouts.map(explainFailure)).toMatchInlineSnapshot(`
      [
        "did not end within 90s",
        "said nothing for 5m",
        "waited 12ms for its turn",
      ]
    `)
  })

  it('says who interrupted', () => {
    const reasons: readonly InterruptReason[] = [
      'cancelled',
      'paused',
      'over-reservation',
      'run-stopped',
      'discarded',
    ]
    expect(reasons.map((by) => explainFailure({ reason: 'interrupted', by }))).toMatchInlineSnapshot(`
      [
        "was interrupted: the run was cancelled",
        "was interrupted: the run was paused at once",
        "was interrupted: it used more than was reserved",
        "was interrupted: a failed task stopped the run",
        "was interrupted: what it builds on was discarded",
      ]
    `)
  })

  it('says nothing of a reset that is not known', () => {
    expect(explainFailure({ reason: 'rate-limited' })).toBe('was rate-limited')
  })
})

describe('explainBreach', () => {
  it('says each guardrail so that it can stand after "it"', () => {
    const breaches: readonly Breach[] = [
      { breach: 'outside-claims', paths: ['a', 'b', 'c', 'd', 'e', 'f'] },
      { breach: 'forbidden-path', paths: ['.env'] },
      { breach: 'forbidden-pattern', pattern: 'eval\\(', path: 'a.js' },
      { breach: 'secret', path: '.env', kind: 'aws-key' },
      { breach: 'too-large', what: 'files', is: 300, limit: 100 },
      { breach: 'too-large', what: 'diff-lines', is: 9_000, limit: 5_000 },
      { breach: 'too-large', what: 'output-bytes', is: 1, limit: 0 },
      { breach: 'isolation', detail: 'a branch was moved' },
      { breach: 'command', command: 'scan', exitCode: 3 },
      { breach: 'crash-loop', crashes: 3, cause: 'crashed' },
      { breach: 'crash-loop', crashes: 3, cause: 'lost' },
    ]
    expect(breaches.map(explainBreach)).toMatchInlineSnapshot(`
      [
        "changed a, b, c, d, e and 1 more outside its claims",
        "changed .env, which is forbidden",
        "added what "eval\\(" forbids to a.js",
        "has a secret (aws-key) in .env",
        "changed 300 files, more than 100",
        "has a diff of 9000 lines, more than 5000",
        "wrote 1 byte of output, more than 0",
        "left its isolation: a branch was moved",
        "did not pass "scan", which exited with code 3",
        "crashed 3 times",
        "was lost 3 times in a row",
      ]
    `)
  })
})
