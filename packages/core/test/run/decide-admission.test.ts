import { describe, expect, it } from 'vitest'
import { driveRun } from './drive-run.ts'
import { partsOf } from './plan-notation.ts'

const minute = 60_000

describe('the order of starts', () => {
  it('puts the more urgent workstream first', async () => {
    const run = await driveRun('a: n1\nb: n2\nc: n3', {
      limits: { slots: 1 },
      workstreams: { a: { priority: 3 }, b: { priority: 0 }, c: { priority: 1 } },
    })
    expect(run.running()).toEqual(['n2'])
    await run.finish('n2')
    expect(run.running()).toEqual(['n3'])
    await run.finish('n3')
    expect(run.running()).toEqual(['n1'])
  })

  it("lets a task's own priority count before its workstream's", async () => {
    const run = await driveRun('a: n1\nb: n2', {
      limits: { slots: 1 },
      workstreams: { a: { priority: 0 }, b: { priority: 4 } },
      tasks: { n1: { priority: 3 }, n2: { priority: 1 } },
    })
    expect(run.running()).toEqual(['n2'])
  })

  it('puts the head of the heavier path first among equals, by pinned estimates', async () => {
    const run = await driveRun('a: n1\nb: n2\nc: n3 < n2', {
      limits: { slots: 1 },
      tasks: { n1: { estimateMs: 3 * minute }, n2: { estimateMs: minute }, n3: { estimateMs: 4 * minute } },
    })
    expect(run.running()).toEqual(['n2'])
  })

  it('puts contended claims first among equally heavy paths', async () => {
    const run = await driveRun('a [docs/**]: n1\nb [src/**]: n2\nc [src/x.ts]: n3', { limits: { slots: 1 } })
    expect(run.running()).toEqual(['n2'])
  })

  it('falls back to the order of the plan', async () => {
    const run = await driveRun('a: n1\nb: n2\nc: n3', { limits: { slots: 2 } })
    expect(run.running()).toEqual(['n1', 'n2'])
  })

  it('lets the critical path, not arrival, decide within a step of ageing', async () => {
    const run = await driveRun('a: n0\nb: early\nc: late < n0', {
      limits: { slots: 1 },
      tasks: { n0: { priority: 0 }, late: { estimateMs: 5 * minute } },
      isChecked: false,
    })
    await run.advance(29 * minute)
    await run.finish('n0')
    expect(run.running()).toEqual(['late'])
  })

  it('makes a task as urgent as one of the level above that became ready a step later', async () => {
    const plan = 'a: n0\nb: early\nc: late < n0'
    const tasks = { n0: { priority: 0 }, early: { estimateMs: 5 * minute }, late: { priority: 1 } }
    const soon = await driveRun(plan, { limits: { slots: 1 }, tasks })
    await soon.advance(29 * minute)
    await soon.finish('n0')
    expect(soon.running()).toEqual(['late'])
    const later = await driveRun(plan, { limits: { slots: 1 }, tasks })
    await later.advance(31 * minute)
    await later.finish('n0')
    expect(later.running()).toEqual(['early'])
  })

  it("ages by the run's own lower bound where that is longer than half an hour", async () => {
    const run = await driveRun('a: n0\nb: early\nc: late < n0', {
      limits: { slots: 1 },
      each: { estimateMs: 20 * minute },
      tasks: { n0: { priority: 0 }, early: { estimateMs: 30 * minute }, late: { priority: 1 } },
    })
    await run.advance(31 * minute)
    await run.finish('n0')
    expect(run.running()).toEqual(['late'])
  })

  it('makes who holds what a more urgent one waits for as urgent as that', async () => {
    const run = await driveRun('a [src/**]: n1, n2 < n1\nb: n3 < n1\nc [src/x]: n4 < n1', {
      limits: { slots: 1 },
      workstreams: { a: { priority: 3 }, c: { priority: 0 } },
    })
    await run.finish('n1')
    expect(run.running()).toEqual(['n2'])
    await run.finish('n2')
    expect(run.wanted('land/run/a/1/1')).toMatchObject({ level: 0 })
  })

  it('moves a task when its priority is changed, and remembers how long it has waited', async () => {
    const run = await driveRun('a: n0\nb: n1\nc: n2\nd: n3 < n0', {
      limits: { slots: 1 },
      tasks: { n0: { priority: 0 } },
    })
    await run.reprioritise('n2', 1)
    await run.reprioritise('n3', 0)
    expect(run.task('n2').level).toBe(1)
    await run.advance(31 * minute)
    await run.finish('n0')
    // n3 became ready a step late, so its 0 counts as the 1 of n2; the plan has n2 first.
    expect(run.running()).toEqual(['n2'])
    await run.reprioritise('n3', 3)
    expect(run.task('n3').level).toBe(4)
    await run.finish('n2')
    expect(run.running()).toEqual(['n1'])
  })

  it('shares slots evenly between runs', async () => {
    const run = await driveRun('a: n1\nb: n2\nc: n3', { limits: { slots: 2 } })
    await run.start('a: n1\nb: n2\nc: n3', { run: { id: 'two' } })
    await run.start('a: n1', { run: { id: 'one' } })
    expect([run.run().running, run.run('two').running]).toEqual([2, 0])
    await run.finish('n1')
    // Both others use nothing; the plans look alike, so the name decides.
    expect(run.task('n1', 'one').phase.state).toBe('RUNNING')
    await run.finish('n2')
    expect(run.task('n1', 'two').phase.state).toBe('RUNNING')
  })

  it('starts in the run that uses fewest, though another has more urgent work', async () => {
    const run = await driveRun('a: n1\nb: n2\nc: n3', { limits: { slots: 2 }, each: { priority: 0 } })
    await run.start('a: n1', { run: { id: 'two' }, each: { priority: 4 } })
    await run.finish('n1')
    expect(run.task('n1', 'two').phase.state).toBe('RUNNING')
  })

  it('tries what needs different things in the order of tasks, also where several runs offer some', async () => {
    const run = await driveRun('a: n1\nb: n2\nc: n3\nd: n4', {
      limits: { slots: 1 },
      tasks: { n2: { kind: 'command', tools: [] }, n3: { priority: 0 }, n4: { priority: 1 } },
    })
    await run.start('a: m1', { run: { id: 'two' } })
    expect(run.running()).toEqual(['n3'])
    await run.finish('n3')
    expect(run.running()).toEqual(['n4'])
  })

  it('looks past what cannot start to what can', async () => {
    const run = await driveRun('a [src/**]: n1\nb [src/x]: n2\nc: n3', {
      workstreams: { b: { priority: 0 }, a: { priority: 0 } },
    })
    expect(run.running()).toEqual(['n1', 'n3'])
  })
})

describe('slots', () => {
  it('hands a freed slot to who waits, before a more urgent newcomer can take it', async () => {
    const run = await driveRun('a: n1\nb: waiter', { limits: { slots: 1 }, isChecked: false })
    const newcomer = partsOf('c: newcomer', { each: { priority: 0 } })
    const outcome = { kind: 'succeeded' } as const
    const usage = { costUsd: 1, tokens: 0, durationMs: 1 }
    await run.together(
      { type: 'attempt.ended', runId: 'run', taskId: 'n1', attempt: 1, outcome, usage },
      { type: 'run.extend', commandId: 'add', runId: 'run', ...newcomer },
    )
    expect(run.running()).toEqual(['waiter'])
  })

  it('takes no slot for a person, and starts that one even where all slots are taken', async () => {
    const run = await driveRun('a: n1\nb: n2', {
      limits: { slots: 1 },
      tasks: { n2: { kind: 'person', tools: [] } },
    })
    expect(run.running()).toEqual(['n1', 'n2'])
    expect(run.state.meters.used('slots')).toBe(1)
  })

  it('starts everything at once where nothing is limited', async () => {
    const run = await driveRun('', { limits: { slots: 1_000 } })
    await run.start(Array.from({ length: 20 }, (_, i) => `w${i}: n${i}`).join('\n'))
    expect(run.running()).toHaveLength(20)
  })
})

describe('work that waits to land', () => {
  it('holds back new workstreams at the cap of the repository', async () => {
    const run = await driveRun('a: n1\nb: n2\nc [+docs/**]: n3', {
      limits: { slots: 1, landing: 1 },
      workstreams: { c: { lands: false } },
    })
    await run.finish('n1')
    // What has nothing to land is not held back.
    expect(run.running()).toEqual(['n3'])
    expect(run.events('claim.blocked')).toEqual([
      { type: 'claim.blocked', runId: 'run', workstreamId: 'b', holder: '', path: '', why: 'landing' },
    ])
    expect(run.why('n2')[0]).toEqual({ for: 'landings', bound: 'repository', limit: 1, landing: ['run/a'] })
    await run.finish('n3')
    expect(run.running()).toEqual([])
    await run.land('a')
    expect(run.running()).toEqual(['n2'])
  })

  it("holds back new workstreams at the run's own cap", async () => {
    const run = await driveRun('a: n1\nb: n2', { limits: { slots: 1 }, run: { limits: { landing: 1 } } })
    await run.start('c: n3', { run: { id: 'two' } })
    await run.finish('n1')
    expect(run.task('n3', 'two').phase.state).toBe('RUNNING')
    expect(run.why('n2')[0]).toMatchObject({ for: 'landings', bound: 'run', landing: ['run/a'] })
  })
})

describe('what is kept for a task that was passed often', () => {
  const smalls = Array.from({ length: 80 }, (_, i) => `w${i}: s${i}`).join('\n')

  it('keeps cores for a task that needs all of them, behind many that need one', async () => {
    const run = await driveRun(`big: wide < s0\nother: free < s0\n${smalls}`, {
      limits: { slots: 9, cpu: 4 },
      each: { kind: 'command', tools: [], uses: { cpu: 1 } },
      tasks: { wide: { uses: { cpu: 4 }, priority: 0 }, free: { uses: {}, priority: 3 } },
    })
    await run.finish('s0')
    expect(run.why('wide')).toMatchObject([{ for: 'resource', resource: 'cpu', limit: 4, wants: 4 }])
    let finished = 1
    while (run.why('s79')[0]?.for !== 'turn' && finished < 80)
      await run.finish(`s${finished++}`, { changes: false })
    // It was ready after 5 starts, and 64 may pass it.
    expect(finished).toBeGreaterThan(60)
    expect(run.why('s79')).toEqual([
      { for: 'turn', resource: 'cpu', keptFor: { runId: 'run', taskId: 'wide' } },
    ])
    for (const task of run.running()) if (task !== 'free') await run.finish(task, { changes: false })
    expect(run.running()).toContain('wide')
    expect(run.state.meters.used('cpu')).toBe(4)
  })

  it("keeps what the run's own limit leaves of them", async () => {
    const run = await driveRun(`big: wide < s0\n${smalls}`, {
      limits: { slots: 9 },
      run: { limits: { cpu: 2 } },
      each: { kind: 'command', tools: [], uses: { cpu: 1 } },
      tasks: { wide: { uses: { cpu: 2 }, priority: 0 } },
    })
    for (let i = 0; i < 80 && run.why('s79')[0]?.for !== 'turn'; i++)
      await run.finish(`s${i}`, { changes: false })
    expect(run.running()).toHaveLength(1)
    await run.finish(run.running()[0]!, { changes: false })
    expect(run.running()).toEqual(['wide'])
  })

  it('keeps it also from those who would rather have it and could do with something else', async () => {
    const either = [
      { tool: 'alpha', account: 'one' },
      { tool: 'beta', account: 'two' },
    ]
    const run = await driveRun(`big: wide < s0\nother: free\n${smalls}`, {
      limits: { slots: 9, alpha: 2 },
      each: { tools: either.slice(0, 1) },
      tasks: { wide: { uses: { alpha: 1 }, priority: 0 }, free: { tools: either, priority: 3 } },
    })
    for (let i = 0; i < 80 && run.why('s79')[0]?.for !== 'turn'; i++)
      await run.finish(`s${i}`, { changes: false })
    expect(run.running()).toHaveLength(1)
    expect(run.task('free').phase.state).toBe('READY')
    const [last] = run.running()
    await run.finish(last!, { changes: false })
    expect(run.running()).toEqual(['wide'])
  })
})
