import { describe, expect, it } from 'vitest'
import { driveRun } from './drive-run.ts'

const budget = (usd: number) => ({ budget: { usd, warnAt: 0.8, stopAt: 0.95 } })
const day = 24 * 60 * 60_000

describe('a budget', () => {
  it('is reserved when an attempt starts: no more is admitted than it can bear', async () => {
    const run = await driveRun('a: n1\nb: n2', { run: budget(2), isChecked: false })
    expect(run.running()).toEqual(['n1'])
    expect(run.events('budget.blocked')).toEqual([
      { type: 'budget.blocked', runId: 'run', taskId: 'n2', scope: 'run/run', wantsUsd: 1 },
    ])
    expect(run.why('n2')).toEqual([
      { for: 'budget', scope: 'run/run', wantsUsd: 1, spentUsd: 0, reservedUsd: 1, limitUsd: 2 },
    ])
  })

  it('is settled when the attempt ends, and who waited for what it gives back starts', async () => {
    const run = await driveRun('a: n1\nb: n2', { run: budget(2) })
    await run.finish('n1', { costUsd: 0.25 })
    expect(run.running()).toEqual(['n2'])
    expect(run.state.budgets.spentUsd('run/run')).toBe(0.25)
  })

  it('counts what an attempt used once', async () => {
    const run = await driveRun('a: n1', { run: budget(20), isChecked: false })
    await run.meter('n1', 0.5)
    await run.meter('n1', 0.5)
    await run.finish('n1', { costUsd: 0.75 })
    await run.end('n1', { kind: 'succeeded' }, { costUsd: 0.75 }, 1)
    expect(run.state.budgets.spentUsd('run/run')).toBe(0.75)
    expect(run.state.budgets.spentUsd('tool/aider')).toBe(0.75)
  })

  it('settles at what was metered where the end reports less', async () => {
    const run = await driveRun('a: n1', { run: budget(20) })
    await run.meter('n1', 0.75)
    await run.fail('n1', { reason: 'exited', exitCode: 1 }, { costUsd: 0.5 })
    expect(run.state.budgets.spentUsd('run/run')).toBe(0.75)
  })

  it('settles an attempt whose end was not seen at its reservation until it is heard of late', async () => {
    const run = await driveRun('a: n1\nb: n2', { run: budget(3) })
    await run.leave('here')
    expect(run.state.budgets.spentUsd('run/run')).toBe(2)
    await run.join('here')
    expect(run.running()).toEqual([])
    expect(run.run().pauses).toEqual(new Set(['budget']))
    await run.end('n1', { kind: 'succeeded' }, { costUsd: 0.25 }, 1)
    await run.end('n1', { kind: 'succeeded' }, { costUsd: 0.25 }, 1)
    expect(run.state.budgets.spentUsd('run/run')).toBe(1.25)
  })

  it('warns at four fifths and stops the run at nineteen twentieths', async () => {
    const run = await driveRun('a: n1, n2 < n1, n3 < n2, n4 < n3', { run: budget(10) })
    await run.finish('n1', { costUsd: 7.9 })
    expect(run.events('budget.warned')).toEqual([])
    await run.finish('n2', { costUsd: 0.1 })
    expect(run.events('budget.warned')).toEqual([
      { type: 'budget.warned', scope: 'run/run', spentUsd: 8, limitUsd: 10 },
    ])
    await run.finish('n3', { costUsd: 1.5 })
    expect(run.events('budget.stopped')).toEqual([
      { type: 'budget.stopped', scope: 'run/run', spentUsd: 9.5, limitUsd: 10 },
    ])
    expect(run.run()).toMatchObject({ status: 'PAUSED', pauses: new Set(['budget']) })
    expect(run.why('n4')).toContainEqual({ for: 'resume', pause: 'budget' })
  })

  it('that is stopped lets running attempts go on', async () => {
    const run = await driveRun('a: n1\nb: n2\nc: n3', { run: budget(10), limits: { slots: 2 } })
    await run.finish('n1', { costUsd: 9.5 })
    expect(run.running()).toEqual(['n2'])
    await run.finish('n2')
    expect(run.running()).toEqual([])
  })

  it('goes on when it is raised', async () => {
    const run = await driveRun('a: n1, n2 < n1', { run: budget(2) })
    await run.finish('n1', { costUsd: 1.9 })
    await run.resume()
    expect(run.run().pauses).toEqual(new Set(['budget']))
    await run.resume(20)
    expect(run.running()).toEqual(['n2'])
    expect(run.run().status).toBe('RUNNING')
  })

  it('goes on when it is set anew, or taken away', async () => {
    for (const usd of [20, undefined]) {
      const run = await driveRun('a: n1, n2 < n1', { run: budget(2) })
      await run.finish('n1', { costUsd: 1.9 })
      await run.setBudget('run/run', usd)
      expect(run.running()).toEqual(['n2'])
    }
  })

  it('of a workstream, a tool or an account binds like that of a run', async () => {
    const run = await driveRun('a: n1, n2 < n1\nb: m1', { workstreams: { a: { budgetUsd: 2 } } })
    await run.finish('n1', { costUsd: 1 })
    expect(run.why('n2')).toMatchObject([{ for: 'budget', scope: 'workstream/run/a' }])
    await run.setBudget('workstream/run/a', 10)
    expect(run.running()).toEqual(['m1', 'n2'])
    for (const scope of ['tool/aider', 'account/acme']) {
      const other = await driveRun('')
      await other.setBudget(scope, 1)
      await other.start('a: n1')
      expect(other.why('n1')).toMatchObject([
        { for: 'resume', pause: 'budget' },
        { for: 'budget', scope },
      ])
    }
  })

  it('of a run that can pay for nothing more pauses it, but not while something is reserved', async () => {
    const run = await driveRun('a: n1\nb: n2', { run: budget(2) })
    expect(run.run().status).toBe('RUNNING')
    await run.finish('n1', { costUsd: 1 })
    await run.land('a')
    expect(run.run()).toMatchObject({ status: 'PAUSED', pauses: new Set(['budget']) })
    expect(run.events('budget.stopped')).toEqual([])
  })

  it('that was raised lets its own run go on, whoever else can pay for nothing', async () => {
    const run = await driveRun('a: n1\nb: n2', { run: budget(2), limits: { slots: 4 } })
    await run.start('c: m1\nd: m2', { run: { id: 'two', ...budget(2) } })
    await run.finish('n1', { costUsd: 1 })
    await run.land('a')
    const attempt = { type: 'attempt.ended', runId: 'two', taskId: 'm1', attempt: 1 } as const
    await run.tell({
      ...attempt,
      outcome: { kind: 'succeeded' },
      usage: { costUsd: 1, tokens: 0, durationMs: 1 },
    })
    await run.setLimits({ slots: 5 })
    expect([...run.state.runs.values()].map(({ status }) => status)).toEqual(['PAUSED', 'PAUSED'])
    await run.setBudget('run/run', 10)
    expect([...run.state.runs.values()].map(({ status }) => status)).toEqual(['RUNNING', 'PAUSED'])
    expect(run.running()).toEqual(['n2'])
  })

  it('that two runs share pauses neither while the other may give something back', async () => {
    const run = await driveRun('', { limits: { slots: 4 } })
    await run.setBudget('tool/aider', 2)
    await run.start('a: n1')
    await run.start('b: n2', { run: { id: 'two' } })
    expect(run.run('two').status).toBe('RUNNING')
    await run.finish('n1', { costUsd: 1.5 })
    expect(run.run().status).toBe('RUNNING')
    expect(run.run('two').status).toBe('PAUSED')
  })

  it('that two runs share pauses both where nothing will be given back', async () => {
    const run = await driveRun('')
    await run.setBudget('tool/aider', 0.5)
    await run.start('a: n1')
    await run.start('b: n2', { run: { id: 'two' } })
    expect([run.run().status, run.run('two').status]).toEqual(['PAUSED', 'PAUSED'])
  })

  it('interrupts an attempt that uses more than was reserved', async () => {
    const run = await driveRun('a: n1', { each: { retries: 1 } })
    await run.meter('n1', 1)
    expect(run.events('task.interrupted')).toEqual([])
    await run.meter('n1', 1.01)
    await run.meter('n1', 1.02)
    expect(run.events('task.interrupted')).toEqual([
      { type: 'task.interrupted', runId: 'run', taskId: 'n1', attempt: 1, by: 'over-reservation' },
    ])
    expect(run.wanted('attempt/run/n1/1')).toMatchObject({ interrupt: 'over-reservation' })
    expect(run.changed).toEqual(['attempt/run/n1/1'])
    await run.obey('n1', { costUsd: 1.05 })
    expect(run.events('task.retried')).toMatchObject([{ isSpent: true }])
    expect(run.state.budgets.spentUsd('run/run')).toBe(1.05)
  })

  it('is not touched by commands and persons, which cost nothing that is metered', async () => {
    const run = await driveRun('a: n1', { run: budget(0.1), each: { kind: 'command', tools: [] } })
    await run.meter('n1', 5)
    expect(run.events('task.interrupted')).toEqual([])
    await run.finish('n1', { costUsd: 5 })
    expect(run.state.budgets.spentUsd('run/run')).toBe(0)
  })

  it('of a user is for a day in UTC', async () => {
    const run = await driveRun('', { at: 3 * day + 1_000 })
    await run.setBudget('user/ada/3', 2)
    await run.start('a: n1\nb: n2')
    expect(run.running()).toEqual(['n1'])
    expect(run.why('n2')).toMatchObject([{ for: 'budget', scope: 'user/ada/3', until: 4 * day }])
    await run.advance(day - 1_000)
    expect(run.running()).toEqual(['n1', 'n2'])
  })
})
