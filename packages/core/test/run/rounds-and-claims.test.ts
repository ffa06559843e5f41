import { describe, expect, it } from 'vitest'
import { driveRun } from './drive-run.ts'

describe('claims of a workstream that comes to a next round', () => {
  it('are not shared with one that waited for its landing and is at work since', async () => {
    const run = await driveRun('a [src/**]: n1\nb [src/**]: n2 < a!')
    await run.finish('n1')
    await run.land('a')
    expect(run.running()).toEqual(['n2'])
    await run.extend('a: n3 < n1')
    expect(run.running()).toEqual(['n2'])
    expect(run.why('n3')).toEqual([{ for: 'claim', holder: 'run/b', path: 'src' }])
    await run.finish('n2')
    await run.land('b')
    expect(run.running()).toEqual(['n3'])
  })

  it('are not waited for by one that waited for the landing before, and lands', async () => {
    const run = await driveRun('a: n1\nb [src/**]: n2 < a!')
    await run.finish('n1')
    await run.land('a')
    await run.extend('a: n3 < n1')
    await run.finish('n2')
    expect(run.landing()).toEqual(['b'])
    expect(run.wanted('land/run/b/1/1')).toMatchObject({ after: [] })
  })

  it('keep out who would come after this round, whatever is planned for the next', async () => {
    const run = await driveRun('a [src/**]: n1, n2\nb [src/**]: m1 < n1')
    await run.finish('n1')
    await run.finish('n2')
    await run.extend('a: n3 < n1 & n2')
    expect(run.landing()).toEqual(['a'])
    await run.extend('c: k1')
    expect(run.running()).toEqual(['k1'])
    expect(run.why('m1')).toMatchObject([{ for: 'claim', holder: 'run/a' }])
  })
})

describe('a workstream that comes back while others wait for it', () => {
  it('passes who builds on it though it is parked behind that one', async () => {
    const plan = 'z: z1\na [src/**]: n1 < z1\nb: m1, m2 < n1, m3\nc [src/x]: k1 < m1, k2 < k1'
    const run = await driveRun(plan, { run: { failurePolicy: 'none' } })
    await run.fail('z1')
    await run.finish('m1')
    await run.retry('a')
    expect(run.running()).toEqual(['z1', 'k1', 'm3'])
    await run.finish('z1')
    expect(run.why('n1')).toEqual([{ for: 'claim', holder: 'run/c', path: 'src/x' }])
    await run.finish('m3')
    expect(run.states()).toMatchObject({ n1: 'READY', m2: 'SKIPPED', b: 'FAILED', k1: 'RUNNING' })
    // With its skipped task b builds on a again, c on b, and a would wait for c.
    await run.retry('b')
    expect(run.running()).toEqual(['k1', 'n1'])
  })

  it('does not bring back a task at work that would wait for a landing to come', async () => {
    const run = await driveRun('a: n1\nb: m1 < a!, m2 < a!', { run: { failurePolicy: 'none' } })
    await run.finish('n1')
    await run.land('a')
    await run.fail('m1')
    await run.extend('a: n2')
    expect(run.states()).toMatchObject({ m1: 'FAILED', m2: 'RUNNING', n2: 'RUNNING' })
    expect(await run.command({ type: 'task.retry', runId: 'run', taskId: 'm1' })).toMatchObject({
      ok: false,
      code: 'WS_WORKSTREAM_STATE',
    })
  })

  it('leaves skipped what waits for a landing that a person gave up', async () => {
    const run = await driveRun('a: n1\nb: m1, m2 < a!', {
      run: { failurePolicy: 'none' },
      tasks: { m2: { isRequired: false } },
    })
    await run.fail('n1')
    expect(run.states()).toMatchObject({ a: 'FAILED', m2: 'SKIPPED' })
    await run.discard('a')
    await run.breach('m1')
    await run.release('b')
    expect(run.states()).toMatchObject({ a: 'FAILED', m1: 'SUCCEEDED', m2: 'SKIPPED', b: 'COMPLETED' })
  })
})

describe('runs that stand still behind one another', () => {
  it('say whom they wait for, where a landing in one waits for what is stranded in the other', async () => {
    const run = await driveRun('a: n1, n2 < n1\nb [src/**]: m1 < n1\nd [docs/**]: d1', {
      workstreams: { b: { holdUntil: 'finished' } },
    })
    await run.finish('n1')
    await run.finish('m1')
    await run.start('e [src/** docs/**]: k1', { run: { id: 'two' } })
    await run.finish('d1')
    await run.land('d')
    expect(run.states('two')).toEqual({ k1: 'RUNNING', e: 'RUNNING' })
    await run.extend('f [docs/**]: f1')
    const { attempt } = run.task('k1', 'two')
    const usage = { costUsd: 0, tokens: 0, durationMs: 1 }
    await run.tell({
      type: 'attempt.ended',
      runId: 'two',
      taskId: 'k1',
      attempt,
      outcome: { kind: 'succeeded', commit: 'c' },
      usage,
    })
    await run.breach('n2')
    expect(run.states()).toMatchObject({ a: 'QUARANTINED', b: 'LANDING', f1: 'READY' })
    expect(run.states('two')).toMatchObject({ e: 'LANDING' })
    expect(run.run()).toMatchObject({ status: 'PAUSED', waits: [{ id: 'a', waitsFor: 'release' }] })
    await run.release('a')
    expect(run.run().status).toBe('RUNNING')
  })
})
