import { describe, expect, it } from 'vitest'
import { driveRun } from '../run/drive-run.ts'

describe('why', () => {
  it('says nothing of what runs, has ended, or is not known', async () => {
    const run = await driveRun('a: n1\nb: n2\nc: n3, n4 < n3')
    await run.fail('n1')
    await run.breach('n2')
    await run.fail('n3')
    for (const task of ['n1', 'n2', 'n4', 'n9']) expect(run.why(task)).toEqual([])
    expect(run.why('n1', 'no')).toEqual([])
    await run.retryTask('n1')
    expect(run.why('n1')).toEqual([])
  })

  it('names only those needs and landings that are missing', async () => {
    const run = await driveRun('a: n1\nb: n2\nc: n3 < n1 & n2 & a! & b!')
    await run.finish('n1')
    await run.land('a')
    expect(run.why('n3')).toEqual([
      { for: 'task', taskId: 'n2', state: 'RUNNING' },
      { for: 'landing', workstream: 'run/b', state: 'RUNNING' },
    ])
  })

  it('says nothing of a success while its workstream has other work', async () => {
    const run = await driveRun('a: n1, n2 < n1')
    await run.finish('n1')
    expect(run.why('n1')).toEqual([])
  })

  it('names everything that is in the way at once', async () => {
    const run = await driveRun('a [src/**]: n1\nb [src/x]: n2', {
      limits: { slots: 1 },
      run: { budget: { usd: 2, warnAt: 0.8, stopAt: 0.95 } },
    })
    await run.pause()
    expect(run.why('n2').map((waiting) => waiting.for)).toEqual(['resume', 'claim', 'resource', 'budget'])
  })

  it('says that a limit was lowered below what a task wants', async () => {
    const run = await driveRun('a: n1\nb: n2', { limits: { slots: 1 }, tasks: { n2: { uses: { gpu: 2 } } } })
    await run.setLimits({ gpu: 1 })
    await run.finish('n1')
    expect(run.why('n2')).toEqual([
      { for: 'resource', resource: 'gpu', bound: 'repository', limit: 1, used: 0, wants: 2, usedBy: [] },
    ])
  })

  it('does not hold a cap on landings against what has nothing to land', async () => {
    const run = await driveRun('a: n1\nb [src/x]: n2\nc [src/x]: n3', {
      limits: { landing: 1, slots: 2 },
      tasks: { n3: { priority: 4 } },
      workstreams: { c: { lands: false } },
    })
    await run.finish('n1')
    expect(run.why('n3')).toEqual([{ for: 'claim', holder: 'run/b', path: 'src/x' }])
  })

  it('explains what is kept for another to the first in line as well', async () => {
    const smalls = Array.from({ length: 70 }, (_, i) => `w${i}: s${i}`).join('\n')
    const run = await driveRun(`big: wide < s0\n${smalls}`, {
      limits: { slots: 9, cpu: 2 },
      each: { kind: 'command', tools: [], uses: { cpu: 1 } },
      tasks: { wide: { uses: { cpu: 2 }, priority: 0 }, s1: { priority: 0 } },
    })
    await run.finish('s0', { changes: false })
    for (let i = 2; run.why('s69').length === 0 || run.why('s69')[0]?.for === 'resource'; i++)
      await run.finish(`s${i}`, { changes: false })
    const first = [...run.state.ready.offers()].map(({ head }) => head!.id).find((id) => id !== 'wide')!
    expect(run.why(first)).toEqual([
      { for: 'turn', resource: 'cpu', keptFor: { runId: 'run', taskId: 'wide' } },
    ])
  })
})
