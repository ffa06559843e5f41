import { describe, expect, it } from 'vitest'
import { driveRun } from './drive-run.ts'

describe('a run', () => {
  it('completes when every workstream has', async () => {
    const run = await driveRun('a: n1\nb: n2')
    await run.finishAll('n1', 'n2')
    await run.landAll('a', 'b')
    expect(run.events('run.completed')).toMatchObject([{ counts: { completed: 2 } }])
  })

  it('fails when one did not complete, with counts of each state', async () => {
    const run = await driveRun('a: n1\nb: n2\nc: n3')
    await run.fail('n1')
    await run.breach('n2')
    await run.finish('n3', { changes: false })
    expect(run.events('run.failed')).toEqual([
      { type: 'run.failed', runId: 'run', counts: { completed: 1, failed: 1, quarantined: 1 } },
    ])
  })

  it('paused by its user starts nothing new, and goes on where it was', async () => {
    const run = await driveRun('a: n1\nb: n2', { limits: { slots: 1 } })
    await run.pause()
    await run.pause()
    expect(run.events('run.paused')).toHaveLength(1)
    await run.finish('n1')
    expect(run.running()).toEqual([])
    expect(run.landing()).toEqual(['a'])
    expect(run.why('n2')).toEqual([{ for: 'resume', pause: 'user' }])
    await run.resume()
    expect(run.running()).toEqual(['n2'])
  })

  it('paused at once interrupts what runs, which spends no retry', async () => {
    const run = await driveRun('a: n1\nb: n2')
    await run.meter('n2', 2)
    await run.pause({ now: true })
    expect(run.wanted('attempt/run/n1/1')).toMatchObject({ interrupt: 'paused' })
    expect(run.wanted('attempt/run/n2/1')).toMatchObject({ interrupt: 'over-reservation' })
    await run.obey('n1')
    expect(run.events('task.retried')).toMatchObject([{ taskId: 'n1', isSpent: false }])
    expect(run.states()).toMatchObject({ n1: 'READY' })
    await run.resume()
    expect(run.running()).toContain('n1')
  })

  it('pauses while the disk is low, and says so once', async () => {
    const run = await driveRun('a: n1')
    await run.measureDisk(true)
    await run.measureDisk(true)
    await run.measureDisk(false)
    expect(run.events('disk.measured').map(({ isLow }) => isLow)).toEqual([true, false])
    expect([run.events('run.paused'), run.events('run.resumed')]).toMatchObject([
      [{ reason: 'disk' }],
      [{ reason: 'disk' }],
    ])
  })

  it('keeps each reason to pause until its own remedy', async () => {
    const run = await driveRun('a: n1\nb: n2', { limits: { slots: 1 } })
    await run.pause()
    await run.measureDisk(true)
    await run.resume()
    expect(run.run()).toMatchObject({ status: 'PAUSED', pauses: new Set(['disk']) })
  })

  it('waits for a person where only that one can go on', async () => {
    const run = await driveRun('a: n1, n2 < n1\nb: n3', { tasks: { n1: { kind: 'person', tools: [] } } })
    expect(run.run().status).toBe('RUNNING')
    expect(run.why('n1')).toEqual([{ for: 'person' }])
    await run.finish('n3', { changes: false })
    expect(run.run()).toMatchObject({ status: 'PAUSED', waits: [{ id: 'n1', waitsFor: 'done' }] })
    await run.done('n1')
    expect(run.wanted('attempt/run/n1/1')).toMatchObject({ isFinishing: true })
    await run.finish('n1')
    expect(run.running()).toEqual(['n2'])
    expect(run.run().status).toBe('RUNNING')
  })

  it('names all that wait for a person in order of their names, whichever came first', async () => {
    const person = { kind: 'person', tools: [] } as const
    const run = await driveRun('a: n3\nb: n1\nc: n2', { each: person })
    expect(run.run().waits.map(({ id }) => id)).toEqual(['n1', 'n2', 'n3'])
    const other = await driveRun('a: n1\nb: n3\nc: n2', { each: person })
    expect(other.run().waits.map(({ id }) => id)).toEqual(['n1', 'n2', 'n3'])
  })

  it('whose person has lost their host waits for a host instead', async () => {
    const run = await driveRun('a: n1', { each: { kind: 'person', tools: [] } })
    expect(run.run().pauses).toEqual(new Set(['needs-person']))
    await run.leave('here')
    expect(run.run().pauses).toEqual(new Set(['no-host']))
    await run.join('there')
    expect(run.run().pauses).toEqual(new Set(['needs-person']))
  })

  it('says anew what it waits for when that changes', async () => {
    const person = { kind: 'person', tools: [] } as const
    const run = await driveRun('a: n2\nb: n1', {
      each: person,
      workstreams: { b: { lands: false }, a: { lands: false } },
    })
    expect(run.run().waits).toEqual([
      { id: 'n1', waitsFor: 'done' },
      { id: 'n2', waitsFor: 'done' },
    ])
    await run.finish('n1')
    expect(run.events('run.paused').at(-1)).toMatchObject({ waits: [{ id: 'n2' }] })
  })

  it('that waits for claims of another run does not say that it needs a person', async () => {
    const run = await driveRun('a [src/**]: n1')
    await run.start('p: m1\nb [src/x]: m2', {
      run: { id: 'two' },
      tasks: { m1: { kind: 'person', tools: [] } },
    })
    expect(run.run('two').status).toBe('RUNNING')
    await run.finish('n1')
    await run.land('a')
    expect(run.task('m2', 'two').phase.state).toBe('RUNNING')
  })

  it('that waits for a person says so once nothing else could move it', async () => {
    const run = await driveRun('a [src/**]: n1\nb [src/x]: n2', {
      tasks: { n1: { kind: 'person', tools: [] } },
    })
    expect(run.run().waits).toEqual([{ id: 'n1', waitsFor: 'done' }])
    await run.extend('c: n3', { workstreams: { c: { lands: false } } })
    expect(run.run().status).toBe('RUNNING')
    expect(run.events('run.resumed')).toMatchObject([{ reason: 'needs-person' }])
    await run.finish('n3')
    expect(run.run().status).toBe('PAUSED')
  })

  it('with its landing withdrawn moves, even where a person is waited for', async () => {
    const run = await driveRun('a: n1')
    await run.finish('n1')
    await run.hold('a')
    await run.cancel()
    expect(run.run().pauses).toEqual(new Set())
    await run.land('a', { kind: 'withdrawn' })
    expect(run.run().status).toBe('CANCELLED')
  })
})
