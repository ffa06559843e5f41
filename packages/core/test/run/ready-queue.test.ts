import { describe, expect, it } from 'vitest'
import { driveRun } from './drive-run.ts'

describe('the ready queue', () => {
  it('puts the tasks of one run in order anew, and leaves those of others alone', async () => {
    const run = await driveRun('a: n1\nb: n2\nc: n3', { limits: { slots: 1 } })
    await run.start('a: n4\nb: n5', { run: { id: 'two' } })
    await run.extend('d: n6 < n3')
    await run.finish('n1')
    expect(run.running()).toEqual(['n3'])
    await run.finish('n3')
    expect(run.task('n4', 'two').phase.state).toBe('RUNNING')
  })

  it('parks only what is in it', async () => {
    const run = await driveRun('a: n1')
    run.state.ready.park(run.task('n1'), 'run/b')
    expect(run.state.ready.parkedBehind(run.task('n1'))).toBeUndefined()
    run.state.ready.remove(run.task('n1'))
    expect([...run.state.ready.unfunded('run/run')]).toEqual([])
  })
})
