import { describe, expect, it } from 'vitest'
import { driveRun } from './drive-run.ts'

describe('a quarantined workstream that is released', () => {
  it('lands what broke the guardrail, where it was kept', async () => {
    const run = await driveRun('a [src/**]: n1')
    await run.breach('n1', undefined, 'kept')
    expect(run.task('n1').phase).toMatchObject({ state: 'QUARANTINED', commit: 'kept' })
    await run.release('a')
    expect(run.events('task.accepted')).toEqual([
      { type: 'task.accepted', runId: 'run', taskId: 'n1', commit: 'kept' },
    ])
    expect(run.task('n1').phase).toEqual({ state: 'SUCCEEDED', commit: 'kept', isReleased: true })
    expect(run.landing()).toEqual(['a'])
  })

  it('has nothing to land where nothing was kept', async () => {
    const run = await driveRun('a [src/**]: n1')
    await run.breach('n1')
    await run.release('a')
    expect(run.states()).toEqual({ n1: 'SUCCEEDED', a: 'COMPLETED' })
  })
})
