import { describe, expect, it } from 'vitest'
import { driveRun } from './drive-run.ts'

const command = { kind: 'command', tools: [] } as const

describe('named resources', () => {
  it('bound how many attempts run at once, and are given back', async () => {
    const run = await driveRun('a: n1\nb: n2\nc: n3', {
      limits: { cpu: 4 },
      each: { ...command, uses: { cpu: 2 } },
    })
    expect(run.running()).toEqual(['n1', 'n2'])
    expect(run.why('n3')).toMatchObject([
      { for: 'resource', resource: 'cpu', bound: 'repository', limit: 4, used: 4, wants: 2 },
    ])
    await run.finish('n2')
    expect(run.running()).toEqual(['n1', 'n3'])
  })

  it('are counted for tools and accounts under their names', async () => {
    const tools = [{ tool: 'aider', account: 'acme' }]
    const run = await driveRun('a: n1\nb: n2\nc: n3', { limits: { aider: 1 }, each: { tools } })
    expect(run.running()).toEqual(['n1'])
    expect(run.why('n2')).toEqual([
      {
        for: 'resource',
        resource: 'aider',
        bound: 'repository',
        limit: 1,
        used: 1,
        wants: 1,
        usedBy: [{ runId: 'run', taskId: 'n1' }],
      },
    ])
    await run.setLimits({ aider: 5, acme: 2 })
    expect(run.running()).toEqual(['n1', 'n2'])
  })

  it('count a tool once where its account has the same name, and beside what the task itself asks of it', async () => {
    const tools = [{ tool: 'claude', account: 'claude' }]
    const run = await driveRun('a: n1\nb: n2', {
      limits: { claude: 3 },
      tasks: { n1: { tools }, n2: { tools, uses: { claude: 1 } } },
    })
    expect(run.running()).toEqual(['n1', 'n2'])
    expect(run.state.meters.used('claude')).toBe(3)
    const other = await driveRun('a: n1', { tasks: { n1: { uses: { acme: 2 } } } })
    expect(other.state.meters.used('acme')).toBe(3)
  })

  it("bind a run by its own limits and all runs by the repository's", async () => {
    const run = await driveRun('a: n1\nb: n2\nc: n3', { limits: { slots: 5 }, run: { limits: { slots: 1 } } })
    await run.start('a: n1\nb: n2\nc: n3', { run: { id: 'two' } })
    expect([run.run().running, run.run('two').running]).toEqual([1, 3])
    expect(run.why('n2')).toMatchObject([
      {
        for: 'resource',
        resource: 'slots',
        bound: 'run',
        limit: 1,
        used: 1,
        usedBy: [{ runId: 'run', taskId: 'n1' }],
      },
    ])
    await run.finish('n1')
    expect(run.running()).toContain('n2')
  })

  it('that nobody limits are not limited', async () => {
    const run = await driveRun('a: n1\nb: n2', { each: { ...command, uses: { licence: 7 } } })
    expect(run.running()).toEqual(['n1', 'n2'])
  })
})
