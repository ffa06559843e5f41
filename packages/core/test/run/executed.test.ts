import { describe, expect, it } from 'vitest'
import { driveRun } from './drive-run.ts'

const command = { kind: 'command', tools: [] } as const

describe('an attempt whose work has ended', () => {
  it('gives its slot to the next while what it did is kept', async () => {
    const run = await driveRun('a: n1\nb: n2\nc: n3', { limits: { slots: 1 } })
    expect(run.running()).toEqual(['n1'])
    await run.executed('n1')
    expect(run.events('task.executed')).toEqual([
      { type: 'task.executed', runId: 'run', taskId: 'n1', attempt: 1 },
    ])
    expect(run.running()).toEqual(['n1', 'n2'])
    expect(run.state.meters.used('slots')).toBe(1)
    await run.finish('n1')
    expect(run.states()).toMatchObject({ n1: 'SUCCEEDED', n2: 'RUNNING', n3: 'READY' })
    expect(run.state.meters.used('slots')).toBe(1)
  })

  it('gives back named resources, the repository’s and the run’s own, once', async () => {
    const run = await driveRun('a: n1\nb: n2\nc: n3', {
      limits: { cpu: 4 },
      run: { limits: { cpu: 2 } },
      each: { ...command, uses: { cpu: 2 } },
    })
    expect(run.running()).toEqual(['n1'])
    await run.executed('n1')
    await run.executed('n1')
    expect(run.events('task.executed')).toHaveLength(1)
    expect(run.running()).toEqual(['n1', 'n2'])
    expect(run.why('n3')).toMatchObject([{ resource: 'cpu', used: 2, usedBy: [{ taskId: 'n2' }] }])
    await run.fail('n1')
    expect(run.state.meters.used('cpu')).toBe(2)
  })

  it('keeps its workstream, its claims and its money until it has ended', async () => {
    const run = await driveRun('a [src/**]: n1, n2\nb [src/x]: n3', { limits: { slots: 3 } })
    const { reserved } = run.state.budgets.scopes.get('run/run')!
    await run.executed('n1')
    expect(run.running()).toEqual(['n1'])
    expect(run.state.budgets.scopes.get('run/run')!.reserved).toBe(reserved)
    await run.finish('n1')
    expect(run.running()).toEqual(['n2'])
  })

  it('is told of by its number, and not of a person', async () => {
    const run = await driveRun('a: n1\nb: n2', { tasks: { n2: { kind: 'person', tools: [] } } })
    await run.executed('n1', 7)
    await run.executed('n2')
    await run.tell({ type: 'attempt.executed', runId: 'no', taskId: 'n1', attempt: 1 })
    await run.finish('n1')
    await run.executed('n1', 1)
    expect(run.events('task.executed')).toEqual([])
  })

  it('that was lost takes a slot again with its next attempt', async () => {
    const run = await driveRun('a: n1\nb: n2', { limits: { slots: 1 } })
    await run.executed('n1')
    await run.fail('n1', { reason: 'lost' })
    expect(run.states()).toMatchObject({ n1: 'READY', n2: 'RUNNING' })
    await run.finish('n2')
    expect(run.running()).toEqual(['n1'])
    expect(run.state.meters.used('slots')).toBe(1)
  })
})
