import { describe, expect, it } from 'vitest'
import { upNext } from '../../src/run/up-next.ts'
import { driveRun, type DrivenRun } from './drive-run.ts'

const one = { limits: { slots: 1 } }

function next(run: DrivenRun, count = 9): readonly string[] {
  return upNext(run.state, count).map(({ id }) => id)
}

describe('what is up next', () => {
  it('are the tasks that would start if there were slots, in their order', async () => {
    const run = await driveRun('a: n1\nb: n2\nc: n3\nd: n4 < n1', { ...one, tasks: { n3: { priority: -1 } } })
    expect(run.running()).toEqual(['n3'])
    expect(next(run)).toEqual(['n1', 'n2'])
    expect(next(run, 1)).toEqual(['n1'])
    await run.finish('n3')
    expect(run.running()).toEqual(['n1'])
    expect(next(run)).toEqual(['n2'])
  })

  it('is none whose workstream has begun, whose claims are taken, or that waits for a tool', async () => {
    const run = await driveRun('a [src/**]: n1, n2\nb [src/x]: n3\nc: n4\nd: n5', {
      ...one,
      tasks: { n5: { tools: [{ tool: 'codex', account: 'zenith' }] } },
    })
    expect(run.running()).toEqual(['n1'])
    await run.tell({ type: 'tool.probed', tool: 'codex', health: 'missing' })
    expect(next(run)).toEqual(['n4'])
  })

  it('is none that goes on where its workstream has been before', async () => {
    const run = await driveRun('a: n1, n2\nb: n3 < n1\nc: n4', { ...one, tasks: { n3: { priority: -1 } } })
    await run.finish('n1')
    expect(run.running()).toEqual(['n3'])
    expect(run.states()).toMatchObject({ n2: 'READY' })
    expect(next(run)).toEqual(['n4'])
  })

  it('is nothing of a run that may not start anything, and nothing that a person does', async () => {
    const run = await driveRun('a: n1\nb: n2', { ...one, hosts: { here: ['tool/aider'] } })
    const each = { kind: 'person', tools: [] } as const
    await run.start('a: n3', { run: { id: 'two', requires: ['desk'] }, each })
    expect(next(run)).toEqual(['n2'])
    await run.pause()
    expect(run.states()).toMatchObject({ n2: 'READY' })
    expect(next(run)).toEqual([])
  })

  it.each(['', '[w{}/**]'])('is looked for among the first of many that claim %j', async (claims) => {
    const each = (at: number) => `w${at} ${claims.replace('{}', String(at))}: t${at}`
    const many = Array.from({ length: 300 }, (_, at) => each(at)).join('\n')
    const run = await driveRun(many, { ...one, isChecked: false })
    expect(next(run, 3)).toEqual(['t1', 't2', 't3'])
  })
})
