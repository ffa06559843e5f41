import { describe, expect, it } from 'vitest'
import { chooseFor } from '../../src/run/choice.ts'
import { driveRun } from './drive-run.ts'

const minute = 60_000
const two = [
  { tool: 'aider', account: 'acme' },
  { tool: 'codex', account: 'zenith' },
]
const wide = 'a: n1\nb: n2\nc: n3\nd: n4'

describe('the choice of a tool', () => {
  it('takes the first that the task names', async () => {
    const run = await driveRun('a: n1', { each: { tools: two } })
    expect(run.events('task.started')).toMatchObject([{ tool: 'aider', account: 'acme', hostId: 'here' }])
  })

  it('waits for one that is busy rather than take the next', async () => {
    const run = await driveRun('a: n1\nb: n2', { limits: { aider: 1 }, each: { tools: two } })
    expect(run.running()).toEqual(['n1'])
    expect(run.why('n2')).toMatchObject([{ for: 'resource', resource: 'aider' }])
  })

  it('takes the next where one is sick, and waits where all are', async () => {
    const run = await driveRun('')
    await run.probe('aider', 'unhealthy', 'exits with 1')
    await run.start('a: n1\nb: n2', { each: { tools: two } })
    expect(run.events('task.started')).toMatchObject([{ tool: 'codex' }, { tool: 'codex' }])
    await run.probe('codex', 'missing')
    await run.fail('n1', { reason: 'lost' })
    expect(run.why('n1')).toEqual([
      { for: 'tool', tool: 'aider', health: 'unhealthy' },
      { for: 'tool', tool: 'codex', health: 'missing' },
    ])
    await run.probe('aider', 'healthy')
    expect(run.running()).toContain('n1')
    expect(run.events('tool.degraded')).toEqual([
      { type: 'tool.degraded', tool: 'aider', health: 'unhealthy', detail: 'exits with 1' },
      { type: 'tool.degraded', tool: 'codex', health: 'missing' },
    ])
    expect(run.events('tool.recovered')).toHaveLength(1)
  })

  it('names the sick one and the busy one that is waited for behind it', async () => {
    const run = await driveRun('', { limits: { codex: 1 } })
    await run.probe('aider', 'unhealthy')
    await run.start('a: n1\nb: n2', { each: { tools: two } })
    expect(run.why('n2')).toMatchObject([
      { for: 'tool', tool: 'aider' },
      { for: 'resource', resource: 'codex' },
    ])
  })

  it('uses a degraded tool, and hears the same probe twice as once', async () => {
    const run = await driveRun('')
    await run.probe('aider', 'degraded')
    await run.probe('aider', 'degraded')
    expect(run.events('tool.degraded')).toHaveLength(1)
    await run.start('a: n1', { each: { tools: two } })
    expect(run.events('task.started')).toMatchObject([{ tool: 'aider' }])
  })
})

describe('a task that names no tool', () => {
  it('lacks one', async () => {
    const run = await driveRun('a: n1')
    const task = run.task('n1')
    expect(chooseFor(run.state, { ...task, class: { ...task.class, ways: [] } })).toEqual({
      ok: false,
      lacks: 'tool',
    })
  })
})

describe('a rate limit', () => {
  it("halves the tool's concurrency at once and raises it by one a minute", async () => {
    const run = await driveRun(wide, {
      limits: { slots: 4 },
      each: { backoff: { baseMs: 0, factor: 1, maxMs: 0 } },
    })
    await run.fail('n4', { reason: 'rate-limited' })
    expect(run.events('tool.throttled')).toMatchObject([{ tool: 'aider', limit: 2, raiseAt: minute }])
    expect(run.running()).toEqual(['n1', 'n2', 'n3'])
    expect(run.why('n4')).toEqual([{ for: 'throttle', tool: 'aider', limit: 2, raiseAt: minute }])
    await run.advance(minute)
    expect(run.events('tool.relaxed')).toEqual([
      { type: 'tool.relaxed', tool: 'aider', limit: 3, raiseAt: 2 * minute },
    ])
    expect(run.running()).toHaveLength(3)
    await run.advance(minute)
    expect(run.events('tool.relaxed').at(-1)).toEqual({ type: 'tool.relaxed', tool: 'aider' })
    expect(run.running()).toHaveLength(4)
  })

  it('in a row lowers the limit further, but never below one', async () => {
    const run = await driveRun(wide, { limits: { slots: 4 } })
    for (const task of ['n1', 'n2', 'n3', 'n4']) await run.fail(task, { reason: 'rate-limited' })
    expect(run.events('tool.throttled').map(({ limit }) => limit)).toEqual([2, 1, 1, 1])
  })

  it("is relaxed up to the tool's own limit where it has one", async () => {
    const run = await driveRun(wide, { limits: { slots: 4, aider: 2 } })
    await run.fail('n1', { reason: 'rate-limited' })
    await run.advance(minute)
    expect(run.events('tool.relaxed').at(-1)).toEqual({ type: 'tool.relaxed', tool: 'aider' })
  })

  it('with a reset time waits for that', async () => {
    const run = await driveRun('a: n1')
    await run.fail('n1', { reason: 'rate-limited', resetAt: 90_000 })
    expect(run.why('n1')).toEqual([{ for: 'retry', at: 90_000 }])
    await run.advance(90_000)
    expect(run.running()).toEqual(['n1'])
    // One that is past already makes no wait.
    await run.fail('n1', { reason: 'rate-limited', resetAt: 80_000 })
    expect(run.task('n1').phase.state).not.toBe('PENDING')
  })
})

describe('an exhausted quota', () => {
  it('parks the tasks of that account, spends no retry, and probes it with one attempt after the reset', async () => {
    const run = await driveRun(wide, { limits: { slots: 4 }, each: { tools: [...two], retries: 1 } })
    await run.fail('n1', { reason: 'quota-exhausted', resetAt: 10 * minute })
    expect(run.events('task.retried')).toMatchObject([{ taskId: 'n1', isSpent: false }])
    await run.fail('n2', { reason: 'quota-exhausted', resetAt: 10 * minute })
    expect(run.running()).toEqual(['n3', 'n4'])
    expect(run.why('n1')).toEqual([{ for: 'quota', account: 'acme', until: 10 * minute }])
    await run.finishAll('n3', 'n4')
    await run.advance(10 * minute)
    expect(run.running()).toEqual(['n1'])
    expect(run.why('n2')).toEqual([{ for: 'probe', account: 'acme' }])
    await run.finish('n1')
    expect(run.events('quota.recovered')).toEqual([{ type: 'quota.recovered', account: 'acme' }])
    expect(run.running()).toEqual(['n2'])
  })

  it('goes to the next tool where the plan says so', async () => {
    const run = await driveRun('a: n1', { run: { onQuota: 'fallback' }, each: { tools: two } })
    await run.fail('n1', { reason: 'quota-exhausted' })
    expect(run.events('task.started').at(-1)).toMatchObject({ tool: 'codex', account: 'zenith' })
    await run.fail('n1', { reason: 'quota-exhausted' })
    expect(run.why('n1')).toMatchObject([
      { for: 'quota', account: 'acme' },
      { for: 'quota', account: 'zenith' },
    ])
  })

  it('without a reset time is tried again after a quarter of an hour, then twice as long', async () => {
    const run = await driveRun('a: n1')
    await run.fail('n1', { reason: 'quota-exhausted' })
    await run.advance(15 * minute)
    expect(run.running()).toEqual(['n1'])
    await run.fail('n1', { reason: 'quota-exhausted' })
    await run.advance(29 * minute)
    expect(run.running()).toEqual([])
    await run.advance(minute)
    expect(run.running()).toEqual(['n1'])
  })

  it('is over when the probe fails for another reason or breaks a guardrail', async () => {
    for (const end of ['fail', 'breach'] as const) {
      const run = await driveRun('a: n1')
      await run.fail('n1', { reason: 'quota-exhausted', resetAt: minute })
      await run.advance(minute)
      await run[end]('n1')
      expect(run.events('quota.recovered')).toHaveLength(1)
    }
  })

  it('of nobody is a plain failure of a command, tried again at once', async () => {
    const run = await driveRun('a: n1', { each: { kind: 'command', tools: [] } })
    await run.fail('n1', { reason: 'quota-exhausted' })
    await run.fail('n1', { reason: 'rate-limited' })
    expect(run.events('quota.exhausted')).toEqual([])
    expect(run.events('tool.throttled')).toEqual([])
    expect(run.states()).toMatchObject({ n1: 'PENDING' })
  })
})

describe('hosts', () => {
  it('get the attempts that they offer the tool for, the least busy first', async () => {
    const run = await driveRun(wide, {
      limits: { slots: 4 },
      hosts: { y: ['tool/aider'], x: ['*'], z: ['tool/codex'] },
    })
    expect(run.events('task.started').map(({ hostId }) => hostId)).toEqual(['x', 'y', 'x', 'y'])
  })

  it('that do equally little are told apart by name, in whichever order they joined', async () => {
    for (const names of [
      ['x', 'y', 'z'],
      ['z', 'y', 'x'],
      ['y', 'z', 'x'],
    ]) {
      const run = await driveRun('a: n1', { hosts: Object.fromEntries(names.map((name) => [name, ['*']])) })
      expect(run.events('task.started')).toMatchObject([{ hostId: 'x' }])
    }
  })

  it('must offer what the run requires', async () => {
    const run = await driveRun('a: n1', { run: { requires: ['env/one'] }, hosts: { plain: ['tool/aider'] } })
    expect(run.run().pauses).toEqual(new Set(['no-host']))
    expect(run.why('n1')).toEqual([{ for: 'host', labels: ['env/one', 'tool/aider'] }])
    await run.join('fitting', ['tool/aider', 'env/one'])
    expect(run.run().status).toBe('RUNNING')
    expect(run.running()).toEqual(['n1'])
  })

  it('that offer none of the tools of what is left are as good as none', async () => {
    const run = await driveRun('a: n1', { hosts: { plain: ['tool/codex'] } })
    expect(run.run().pauses).toEqual(new Set(['no-host']))
    await run.join('fitting', ['tool/aider'])
    expect(run.running()).toEqual(['n1'])
  })

  it('need offer no tool for what needs none', async () => {
    const each = { kind: 'command', tools: [], uses: { cpu: 1 } } as const
    const run = await driveRun('a: n1', { hosts: { plain: ['tool/codex'] }, limits: { cpu: 1 }, each })
    await run.start('a: n2', { run: { id: 'two' }, each })
    expect(run.run('two').pauses).toEqual(new Set())
    expect(run.why('n2', 'two')).toMatchObject([{ for: 'resource', resource: 'cpu' }])
  })

  it('that are missing for a plain command are named by what the run requires', async () => {
    const run = await driveRun('a: n1', {
      run: { requires: ['env/one'] },
      each: { kind: 'command', tools: [] },
    })
    expect(run.running()).toEqual(['n1'])
    await run.leave('here')
    expect(run.why('n1')).toEqual([{ for: 'host', labels: ['env/one'] }])
  })

  it('that leave lose their attempts, which go elsewhere without a retry spent', async () => {
    const run = await driveRun('a: n1\nb: n2', { hosts: { x: ['*'] } })
    await run.join('y')
    await run.leave('x')
    expect(run.events('task.retried')).toMatchObject([
      { taskId: 'n1', failure: { reason: 'lost' }, isSpent: false },
      { taskId: 'n2', failure: { reason: 'lost' }, isSpent: false },
    ])
    expect(run.events('task.started').slice(2)).toMatchObject([
      { taskId: 'n1', attempt: 2, hostId: 'y' },
      { taskId: 'n2', attempt: 2, hostId: 'y' },
    ])
    await run.leave('nobody')
    expect(run.events('host.left')).toHaveLength(1)
  })

  it('that leave lose only their own attempts, in an order that does not depend on when they started', async () => {
    const run = await driveRun('a: n1\nb: n2\nc: n3\nd: n4', {
      limits: { slots: 4 },
      hosts: { x: ['*'] },
      tasks: { n4: { priority: 0 } },
    })
    await run.finish('n1')
    await run.join('y')
    await run.start('a: n5', { run: { id: 'two' } })
    run.news()
    await run.leave('x')
    expect(run.news().slice(0, 3)).toEqual(['task.retried n2/1', 'task.ready n2', 'task.retried n3/1'])
    expect(run.task('n5', 'two').phase).toMatchObject({ state: 'RUNNING', attempt: { hostId: 'y' } })
    expect(run.landing()).toEqual(['a'])
  })

  it('that join again without having left are new processes: what the old one did is lost', async () => {
    const run = await driveRun('a: n1')
    await run.join('here')
    expect(run.events('task.started').map(({ attempt }) => attempt)).toEqual([1, 2])
  })

  it('are waited for when the last one is gone', async () => {
    const run = await driveRun('a: n1')
    await run.leave('here')
    expect(run.run()).toMatchObject({ status: 'PAUSED' })
    expect(run.events('run.paused')).toEqual([{ type: 'run.paused', runId: 'run', reason: 'no-host' }])
    await run.join('other')
    expect(run.events('run.resumed')).toEqual([{ type: 'run.resumed', runId: 'run', reason: 'no-host' }])
    expect(run.running()).toEqual(['n1'])
  })
})
