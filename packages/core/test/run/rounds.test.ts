import { describe, expect, it } from 'vitest'
import { driveRun } from './drive-run.ts'

describe('tasks added while a run goes on', () => {
  it('join the round of a workstream that has not begun to land', async () => {
    const run = await driveRun('a [src/**]: n1')
    await run.extend('a: n2 < n1')
    expect(run.events('run.extended')).toMatchObject([
      { tasks: [{ round: 1 }], estimates: { n2: { usd: 1 } } },
    ])
    await run.finish('n1')
    expect(run.states()).toMatchObject({ n2: 'RUNNING', a: 'RUNNING' })
  })

  it('open the next round where it is landing: from the target, with its claims taken anew', async () => {
    const run = await driveRun('a [src/**]: n1')
    await run.finish('n1')
    await run.extend('a: n2')
    expect(run.task('n2')).toMatchObject({ round: 2, phase: { state: 'PENDING' } })
    expect(run.why('n2')).toEqual([{ for: 'round', round: 2 }])
    await run.land('a')
    expect(run.events('workstream.reopened')).toEqual([
      { type: 'workstream.reopened', runId: 'run', workstreamId: 'a', round: 2 },
    ])
    expect(run.events('claim.granted')).toHaveLength(2)
    await run.finish('n2')
    expect(run.landing()).toEqual(['a'])
    expect(run.wanted('land/run/a/2/1')).toBeDefined()
    await run.land('a')
    expect(run.run().status).toBe('COMPLETED')
  })

  it('open the next round at once where the one before has ended, and reopen the run', async () => {
    const run = await driveRun('a: n1')
    await run.finish('n1')
    await run.land('a')
    await run.extend('a: n2 < n1')
    expect(run.events('run.reopened')).toHaveLength(1)
    expect(run.states()).toEqual({ n1: 'SUCCEEDED', n2: 'RUNNING', a: 'RUNNING' })
  })

  it('may bring workstreams of their own, under claims of their own', async () => {
    const run = await driveRun('a [src/**]: n1')
    await run.extend('b [src/x]: n2\nc: n3')
    expect(run.running()).toEqual(['n1', 'n3'])
    expect(run.why('n2')).toEqual([{ for: 'claim', holder: 'run/a', path: 'src/x' }])
  })

  it('bring workstreams without tasks, which complete at once', async () => {
    const run = await driveRun('a: n1')
    await run.extend('b:')
    expect(run.states()).toMatchObject({ b: 'COMPLETED' })
  })

  it('join a round that holds claims only where they make it wait for nobody', async () => {
    const run = await driveRun('a [src/**]: n1\nb: m1')
    await run.extend('a: n2 < m1, n3 < n1')
    expect(run.task('n2').round).toBe(2)
    expect(run.task('n3').round).toBe(1)
    await run.extend('a: n4 < b!')
    expect(run.task('n4').round).toBe(2)
    await run.extend('a: n6 < m2\nc: m2')
    expect(run.task('n6').round).toBe(2)
    await run.finish('m1')
    await run.land('b')
    await run.extend('a: n5 < m1')
    expect(run.task('n5').round).toBe(1)
  })

  it('do not join a round that others build on already', async () => {
    const run = await driveRun('a: n1, n2 < n1\nb: n3 < n1\nc: n4 < n2')
    await run.finish('n1')
    expect(run.running()).toEqual(['n2', 'n3'])
    await run.extend('a: n5')
    expect(run.task('n5').round).toBe(2)
    await run.fail('n3')
    await run.extend('a: n6')
    expect(run.task('n6').round).toBe(1)
  })

  it('join a round that has not started whatever they need', async () => {
    const run = await driveRun('a [src/**]: n1 < m1\nb: m1')
    await run.extend('a: n2 < m1')
    expect(run.task('n2').round).toBe(1)
  })

  it('are skipped at once where what they need did not succeed or will not land', async () => {
    const run = await driveRun('a: n1\nb: m1')
    await run.fail('n1')
    await run.extend('c: n2 < n1\nd: n3 < a!')
    expect(run.events('task.skipped')).toMatchObject([
      { taskId: 'n2', because: { reason: 'need-failed', need: 'n1' } },
      { taskId: 'n3', because: { reason: 'base-lost', base: 'run/a' } },
    ])
    expect(run.states()).toMatchObject({ c: 'FAILED', d: 'FAILED' })
  })

  it('may follow a round that failed', async () => {
    const run = await driveRun('a: n1\nb: m1')
    await run.fail('n1')
    await run.extend('a: n2')
    expect(run.states()).toMatchObject({ n1: 'FAILED', n2: 'RUNNING' })
    expect(run.workstream('a').round).toBe(2)
  })

  it('change the paths, and with them the order, of what waits', async () => {
    const run = await driveRun('a: n1\nb: n2\nc: n3', { limits: { slots: 1 } })
    await run.extend('d: n4 < n3')
    await run.finish('n1')
    expect(run.running()).toEqual(['n3'])
  })

  it('open no round when they were skipped before it could begin', async () => {
    const run = await driveRun('a: n1')
    await run.finish('n1')
    await run.extend('a: n2')
    await run.cancel()
    await run.land('a')
    expect(run.states()).toEqual({ n1: 'SUCCEEDED', n2: 'SKIPPED', a: 'COMPLETED' })
    expect(run.events('workstream.reopened')).toEqual([])
  })

  it('open rounds one after another', async () => {
    const run = await driveRun('a [src/**]: n1\nb: m1')
    await run.finish('n1')
    await run.extend('a: n2')
    await run.land('a')
    await run.extend('a: n3 < m1')
    expect(run.task('n3').round).toBe(3)
    await run.finish('n2')
    await run.land('a')
    expect(run.workstream('a').round).toBe(3)
    expect(run.why('n3')).toEqual([{ for: 'task', taskId: 'm1', state: 'RUNNING' }])
    await run.finish('m1')
    expect(run.running()).toEqual(['n3'])
  })

  it('build on the round before as on something that has landed', async () => {
    const run = await driveRun('a: n1\nb: n2 < n1')
    await run.finish('n1')
    await run.land('a')
    await run.extend('a: n3')
    await run.finish('n2')
    expect(run.wanted('land/run/b/1/1')).toMatchObject({ after: [] })
  })

  it('build on a later round as on something that has not', async () => {
    const run = await driveRun('a: n1\nc: m1')
    await run.finish('n1')
    await run.land('a')
    await run.extend('a: n3\nb: n4 < n3\nd: n5 < a!')
    await run.finish('n3')
    expect(run.events('workstream.started').at(-1)).toMatchObject({ workstreamId: 'b', bases: ['run/a'] })
    await run.land('a')
    expect(run.running()).toContain('n5')
  })
})
