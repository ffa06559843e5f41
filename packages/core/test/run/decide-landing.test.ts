import { describe, expect, it } from 'vitest'
import type { LandingOutcome } from '../../src/run/run-input.ts'
import { driveRun } from './drive-run.ts'

describe('a landing', () => {
  const ends: readonly [LandingOutcome, string, string][] = [
    [{ kind: 'conflicted', paths: ['x'] }, 'FAILED', 'conflicted'],
    [{ kind: 'rejected', checks: ['unit'] }, 'FAILED', 'rejected'],
    [{ kind: 'infrastructure', detail: 'disk' }, 'FAILED', 'infrastructure'],
    [{ kind: 'breached', breach: { breach: 'secret', path: 'x', kind: 'key' } }, 'QUARANTINED', 'landing'],
  ]

  it.each(ends)(
    'that does not succeed ends its workstream with the reason: %o',
    async (outcome, state, reason) => {
      const run = await driveRun('a [src/**]: n1')
      await run.finish('n1')
      await run.land('a', outcome)
      expect(run.workstream('a').phase).toEqual({ state, reason })
      expect(run.state.claims.holds('run/a')).toBe(false)
    },
  )

  it.each([{ kind: 'lost' }, { kind: 'withdrawn' }] as const)(
    'is asked for again when $kind',
    async (outcome) => {
      const run = await driveRun('a [src/**]: n1')
      await run.finish('n1')
      await run.land('a', outcome)
      expect(run.wanted('land/run/a/1/2')).toBeDefined()
      await run.land('a')
      expect(run.states()).toMatchObject({ a: 'COMPLETED' })
    },
  )

  it('counts only under its own round and number', async () => {
    const run = await driveRun('a: n1')
    await run.finish('n1')
    const place = { runId: 'run', workstreamId: 'a', round: 1 }
    const outcome = { kind: 'landed', commit: 'x' } as const
    await run.tell({ type: 'landing.ended', ...place, attempt: 2, outcome })
    await run.tell({ type: 'landing.ended', ...place, round: 2, attempt: 1, outcome })
    await run.tell({ type: 'landing.ended', ...place, workstreamId: 'no', attempt: 1, outcome })
    await run.tell({ type: 'landing.held', ...place, attempt: 2, by: 'approval' })
    expect(run.states()).toMatchObject({ a: 'LANDING' })
    await run.land('a')
    await run.land('a')
    expect(run.events('landing.settled')).toHaveLength(1)
  })

  it('that is held waits for approval, and the run says so', async () => {
    const run = await driveRun('a: n1')
    await run.finish('n1')
    await run.hold('a')
    await run.hold('a')
    expect(run.events('landing.held')).toHaveLength(1)
    expect(run.why('n1')[0]).toEqual({ for: 'approval', workstream: 'run/a' })
    expect(run.run()).toMatchObject({ status: 'PAUSED', waits: [{ id: 'a', waitsFor: 'approve' }] })
    await run.approve('a')
    expect(run.wanted('land/run/a/1/1')).toMatchObject({ isApproved: true })
    expect(run.run().status).toBe('RUNNING')
    await run.hold('a')
    expect(run.events('landing.held')).toHaveLength(1)
  })

  it('may be approved before it is held', async () => {
    const run = await driveRun('a: n1')
    await run.finish('n1')
    await run.approve('a')
    expect(run.changed).toEqual(['land/run/a/1/1'])
  })

  it('does not make a run wait for a person while something else moves', async () => {
    const run = await driveRun('a: n1\nb: n2')
    await run.finish('n1')
    await run.hold('a')
    expect(run.run().status).toBe('RUNNING')
    await run.finish('n2')
    expect(run.run().status).toBe('RUNNING')
    await run.land('b')
    expect(run.run().status).toBe('PAUSED')
  })
})
