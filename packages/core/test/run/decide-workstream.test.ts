import { describe, expect, it } from 'vitest'
import { driveRun } from './drive-run.ts'

describe('a workstream', () => {
  it('runs one task at a time, in the order of their needs', async () => {
    const run = await driveRun('a: n1, n2, n3 < n1 & n2')
    expect(run.running()).toEqual(['n1'])
    expect(run.why('n2')).toEqual([{ for: 'workstream', taskId: 'n1' }])
    expect(run.why('n3')).toEqual([
      { for: 'task', taskId: 'n1', state: 'RUNNING' },
      { for: 'task', taskId: 'n2', state: 'READY' },
    ])
    await run.finish('n1')
    expect(run.running()).toEqual(['n2'])
    await run.finish('n2')
    expect(run.running()).toEqual(['n3'])
  })

  it('lands when its tasks are done, and completes when it has landed', async () => {
    const run = await driveRun('a: n1')
    await run.finish('n1')
    expect(run.news().slice(-3)).toEqual(['task.started n1/1', 'task.succeeded n1/1', 'landing.requested a'])
    expect(run.landing()).toEqual(['a'])
    expect(run.why('n1')).toEqual([{ for: 'queue', workstream: 'run/a' }])
    await run.land('a')
    expect(run.events('workstream.completed')).toEqual([
      { type: 'workstream.completed', runId: 'run', workstreamId: 'a', commit: 'landed-a' },
    ])
    expect(run.events('run.completed')).toEqual([
      { type: 'run.completed', runId: 'run', counts: { completed: 1, failed: 0, quarantined: 0 } },
    ])
    expect(run.why('n1')).toEqual([])
  })

  it('completes at once where nothing changed or nothing is to be landed', async () => {
    const run = await driveRun('a: n1\nb: n2', { workstreams: { b: { lands: false } } })
    await run.finish('n1', { changes: false })
    await run.finish('n2')
    expect(run.states()).toMatchObject({ a: 'COMPLETED', b: 'COMPLETED' })
  })

  it('without tasks completes at once', async () => {
    const run = await driveRun('a [src/**]:')
    expect(run.run().status).toBe('COMPLETED')
  })

  it('starts a task that needs a landing when that has landed', async () => {
    const run = await driveRun('a: n1\nb: n2 < a!')
    await run.finish('n1')
    expect(run.why('n2')).toEqual([{ for: 'landing', workstream: 'run/a', state: 'RUNNING' }])
    await run.land('a')
    expect(run.running()).toEqual(['n2'])
  })
})

describe('a task that did not succeed', () => {
  it('has all skipped that needs it, directly or not, in every workstream', async () => {
    const run = await driveRun('a: n1\nb: n2 < n1\nc: n3 < n2\nd: n4', { isChecked: false })
    await run.fail('n1')
    expect(run.states()).toEqual({
      n1: 'FAILED',
      n2: 'SKIPPED',
      n3: 'SKIPPED',
      n4: 'RUNNING',
      a: 'FAILED',
      b: 'FAILED',
      c: 'FAILED',
      d: 'RUNNING',
    })
    expect(run.events('task.skipped')).toMatchObject([
      { taskId: 'n2', because: { reason: 'need-failed', need: 'n1' } },
      { taskId: 'n3', because: { reason: 'need-failed', need: 'n1' } },
    ])
    expect(run.events('workstream.failed').map(({ workstreamId, reason }) => [workstreamId, reason])).toEqual(
      [
        ['b', 'skipped'],
        ['c', 'skipped'],
        ['a', 'task'],
      ],
    )
  })

  it('has what waits for its landing skipped', async () => {
    const run = await driveRun('a: n1\nb: n2 < a!, n3 < n2\nc: n4 < b!')
    await run.fail('n1')
    expect(run.events('task.skipped')).toMatchObject([
      { taskId: 'n2', because: { reason: 'base-lost', base: 'run/a' } },
      { taskId: 'n3', because: { reason: 'need-failed', need: 'n2' } },
      { taskId: 'n4', because: { reason: 'base-lost', base: 'run/b' } },
    ])
    expect(run.run().status).toBe('FAILED')
  })

  it('stops the rest of its workstream where the policy says dependents', async () => {
    const run = await driveRun('a: n1, n2\nb: n3')
    await run.fail('n1')
    expect(run.events('task.skipped')).toMatchObject([
      { taskId: 'n2', because: { reason: 'workstream-stopped', task: 'n1' } },
    ])
    expect(run.states()).toMatchObject({ a: 'FAILED', n3: 'RUNNING' })
  })

  it('stops nothing beyond what needs it where the policy says none', async () => {
    const run = await driveRun('a: n1, n2, n3 < n1', { run: { failurePolicy: 'none' } })
    await run.fail('n1')
    expect(run.states()).toEqual({ n1: 'FAILED', n2: 'RUNNING', n3: 'SKIPPED', a: 'RUNNING' })
    await run.finish('n2')
    expect(run.states()).toMatchObject({ a: 'FAILED' })
  })

  it('stops the whole run where the policy says run', async () => {
    const run = await driveRun('a: n1\nb: n2\nc: n3\nd: n4', {
      run: { failurePolicy: 'run' },
      limits: { slots: 3 },
    })
    await run.finish('n3')
    await run.fail('n1')
    expect(run.events('run.cancelling')).toMatchObject([{ because: 'task-failed' }])
    expect(run.events('task.interrupted')).toMatchObject([
      { taskId: 'n2', by: 'run-stopped' },
      { taskId: 'n4', by: 'run-stopped' },
    ])
    expect(run.wanted('land/run/c/1/1')).toMatchObject({ isWithdrawing: true })
    await run.obey('n2')
    await run.fail('n4')
    await run.land('c', { kind: 'withdrawn' })
    expect(run.states()).toMatchObject({ n2: 'SKIPPED', n4: 'SKIPPED', c: 'FAILED' })
    expect(run.run().status).toBe('FAILED')
  })

  it('changes nothing where it is optional: its workstream still completes', async () => {
    const run = await driveRun('a: n1, n2', {
      run: { failurePolicy: 'run' },
      tasks: { n1: { isRequired: false } },
    })
    await run.fail('n1')
    await run.finish('n2')
    await run.land('a')
    expect(run.states()).toEqual({ n1: 'FAILED', n2: 'SUCCEEDED', a: 'COMPLETED' })
    expect(run.run().status).toBe('COMPLETED')
  })

  it('completes its workstream with nothing to land where all of it is optional', async () => {
    const run = await driveRun('a [src/**]: n1', { tasks: { n1: { isRequired: false } } })
    await run.fail('n1')
    expect(run.states()).toEqual({ n1: 'FAILED', a: 'COMPLETED' })
  })

  it('lets an optional one be skipped before its workstream took its claims', async () => {
    const run = await driveRun('a: n1\nb [src/**]: n2 < n1', { tasks: { n2: { isRequired: false } } })
    await run.fail('n1')
    expect(run.states()).toEqual({ n1: 'FAILED', n2: 'SKIPPED', a: 'FAILED', b: 'COMPLETED' })
  })
})

describe('a cancelled run', () => {
  it('skips what has not started, interrupts what runs, asks landings back, and then ends', async () => {
    const run = await driveRun('a: n1\nb: n2\nc: n3 < n1\nd: n4', { limits: { slots: 2 } })
    await run.finish('n2')
    run.news()
    await run.cancel()
    expect(run.states()).toMatchObject({ n1: 'RUNNING', n3: 'SKIPPED', b: 'LANDING', n4: 'RUNNING' })
    expect(run.wanted('attempt/run/n1/1')).toMatchObject({ interrupt: 'cancelled' })
    expect(run.wanted('land/run/b/1/1')).toMatchObject({ isWithdrawing: true })
    await run.cancel()
    await run.obey('n1')
    await run.finish('n4')
    await run.land('b', { kind: 'withdrawn' })
    expect(run.states()).toEqual({
      n1: 'SKIPPED',
      n2: 'SUCCEEDED',
      n3: 'SKIPPED',
      n4: 'SUCCEEDED',
      a: 'FAILED',
      b: 'FAILED',
      c: 'FAILED',
      d: 'FAILED',
    })
    expect(run.events('run.cancelled')).toMatchObject([
      { counts: { completed: 0, failed: 4, quarantined: 0 } },
    ])
  })

  it('keeps a landing that had passed its intent', async () => {
    const run = await driveRun('a: n1')
    await run.finish('n1')
    await run.cancel()
    await run.land('a')
    expect(run.states()).toMatchObject({ a: 'COMPLETED' })
    expect(run.run().status).toBe('COMPLETED')
  })

  it('asks again for a landing that was lost from sight, and asks it back again', async () => {
    const run = await driveRun('a: n1')
    await run.finish('n1')
    await run.cancel()
    await run.land('a', { kind: 'lost' })
    expect(run.wanted('land/run/a/1/2')).toMatchObject({ isWithdrawing: true })
    await run.land('a', { kind: 'withdrawn' })
    expect(run.run().status).toBe('CANCELLED')
  })

  it('takes a failure of what it interrupted as cancelled, whatever it says', async () => {
    const run = await driveRun('a: n1', { each: { retries: 3 } })
    await run.cancel()
    await run.fail('n1')
    expect(run.states()).toMatchObject({ n1: 'SKIPPED' })
  })

  it('leaves alone an attempt that was told to stop before', async () => {
    const run = await driveRun('a: n1')
    await run.pause({ now: true })
    await run.cancel()
    expect(run.wanted('attempt/run/n1/1')).toMatchObject({ interrupt: 'paused' })
    await run.obey('n1')
    expect(run.run().status).toBe('CANCELLED')
  })
})

describe('a stranded workstream', () => {
  it('had started when what it builds on was lost: no attempt starts, nothing lands, a running one may end', async () => {
    const run = await driveRun('a: n1\nb: n2 < n1, n3 < n2\nc: n4 < n3')
    await run.finish('n1')
    await run.land('a', { kind: 'conflicted', paths: ['x'] })
    expect(run.states()).toMatchObject({ a: 'FAILED', n2: 'RUNNING', n3: 'PENDING', c: 'FAILED' })
    expect(run.events('workstream.stranded')).toMatchObject([{ workstreamId: 'b', base: 'run/a' }])
    await run.finish('n2')
    expect(run.states()).toMatchObject({ n3: 'READY' })
    expect(run.why('n3')).toEqual([{ for: 'base', workstream: 'run/a' }])
    expect(run.run()).toMatchObject({ status: 'PAUSED', waits: [{ id: 'a', waitsFor: 'release' }] })
  })

  it('goes on when what it builds on is tried again and lands', async () => {
    const run = await driveRun('a: n1\nb: n2 < n1, n3 < n2')
    await run.finish('n1')
    await run.land('a', { kind: 'rejected', checks: ['unit'] })
    await run.finish('n2')
    await run.retry('a')
    expect(run.events('workstream.unstranded')).toHaveLength(1)
    expect(run.states()).toMatchObject({ a: 'LANDING', n3: 'RUNNING' })
    expect(run.run().status).toBe('RUNNING')
    await run.land('a')
    await run.finish('n3')
    await run.land('b')
    expect(run.run().status).toBe('COMPLETED')
  })

  it('is never landed without what it builds on', async () => {
    const run = await driveRun('a: n1\nb: n2 < n1')
    await run.finishAll('n1', 'n2')
    expect(run.landing()).toEqual(['a', 'b'])
    await run.land('a', { kind: 'infrastructure', detail: 'disk' })
    expect(run.landing()).toEqual([])
    expect(run.stopped).toContain('land/run/b/1/1')
    expect(run.why('n2')).toEqual([
      { for: 'base', workstream: 'run/a' },
      { for: 'landing', workstream: 'run/a', state: 'FAILED' },
      { for: 'queue', workstream: 'run/b' },
    ])
    await run.retry('a')
    expect(run.landing()).toEqual(['a', 'b'])
  })

  it('keeps its ready tasks from starting, and offers them again when it goes on', async () => {
    const run = await driveRun('a: n1\nb: n2 < n1, n3 < n2\nm: m1', {
      limits: { slots: 1 },
      tasks: { m1: { priority: 3 }, n3: { priority: 4 } },
    })
    await run.finishAll('n1', 'n2')
    expect(run.states()).toMatchObject({ m1: 'RUNNING', n3: 'READY' })
    await run.land('a', { kind: 'conflicted', paths: ['x'] })
    await run.finish('m1')
    expect(run.running()).toEqual([])
    await run.retry('a')
    expect(run.running()).toEqual(['n3'])
  })

  it('waits to be settled when its tasks are done while it is stranded', async () => {
    const run = await driveRun('a: n1\nb: n2 < n1')
    await run.finish('n1')
    await run.land('a', { kind: 'conflicted', paths: ['x'] })
    await run.finish('n2')
    expect(run.states()).toMatchObject({ n2: 'SUCCEEDED', b: 'RUNNING' })
    await run.retry('a')
    expect(run.landing()).toEqual(['a', 'b'])
  })

  it('is quarantined when what it builds on is discarded; its difference is kept', async () => {
    const run = await driveRun('a: n1\nb: n2 < n1, n3 < n2')
    await run.finish('n1')
    await run.land('a', { kind: 'conflicted', paths: ['x'] })
    await run.discard('a')
    expect(run.wanted('attempt/run/n2/1')).toMatchObject({ interrupt: 'discarded' })
    expect(run.states()).toMatchObject({ n3: 'SKIPPED' })
    await run.obey('n2')
    expect(run.events('workstream.quarantined')).toMatchObject([
      { workstreamId: 'b', reason: 'base-discarded' },
    ])
    expect(run.run().status).toBe('FAILED')
  })

  it('is quarantined at once where nothing of it runs', async () => {
    const run = await driveRun('a: n1\nb: n2 < n1\nc: n3 < n2')
    await run.finishAll('n1', 'n2', 'n3')
    await run.land('a', { kind: 'conflicted', paths: ['x'] })
    await run.discard('a')
    expect(run.states()).toMatchObject({ a: 'FAILED', b: 'QUARANTINED', c: 'QUARANTINED' })
  })

  it('is skipped instead where it had not started', async () => {
    const run = await driveRun('a: n1\nm: m1\nb: n2 < n1\nc: n3 < n2', {
      limits: { slots: 1 },
      tasks: { n1: { priority: 0 }, m1: { priority: 1 } },
    })
    await run.finish('n1')
    expect(run.running()).toEqual(['m1'])
    await run.land('a', { kind: 'conflicted', paths: ['x'] })
    expect(run.events('task.skipped')).toMatchObject([
      { taskId: 'n2', because: { reason: 'base-lost', base: 'run/a' } },
      { taskId: 'n3', because: { reason: 'need-failed', need: 'n2' } },
    ])
  })

  it('cannot be cancelled into landing: asked back, it ends', async () => {
    const run = await driveRun('a: n1\nb: n2 < n1')
    await run.finishAll('n1', 'n2')
    await run.land('a', { kind: 'conflicted', paths: ['x'] })
    await run.cancel()
    expect(run.wanted('land/run/b/1/1')).toMatchObject({ isWithdrawing: true })
    await run.land('b', { kind: 'withdrawn' })
    expect(run.run().status).toBe('CANCELLED')
  })
})
