import { describe, expect, it } from 'vitest'
import type { RunCommand } from '../../src/run/run-input.ts'
import { driveRun } from './drive-run.ts'
import { partsOf, planOf } from './plan-notation.ts'

type Refused = { readonly ok: false; readonly code: string; readonly message: string }
type WithoutId<T> = T extends unknown ? Omit<T, 'commandId'> : never

describe('a command', () => {
  it('is refused where its run, task or workstream is unknown', async () => {
    const run = await driveRun('a: n1')
    const codes = async (commands: readonly WithoutId<RunCommand>[]) => {
      const answers = []
      for (const command of commands) answers.push(await run.command(command))
      return answers.map((answer) => (answer as Refused).code)
    }
    expect(
      await codes([
        { type: 'run.pause', runId: 'no' },
        { type: 'task.done', runId: 'run', taskId: 'no' },
        { type: 'workstream.approve', runId: 'run', workstreamId: 'no' },
      ]),
    ).toEqual(['WS_RUN_UNKNOWN', 'WS_TASK_UNKNOWN', 'WS_WORKSTREAM_UNKNOWN'])
  })

  it('that is refused changes nothing and says what was expected', async () => {
    const run = await driveRun('a: n1\nb: n2')
    run.news()
    const { state } = run
    const before = [state.runs.size, state.answers.size]
    expect(await run.command({ type: 'workstream.retry', runId: 'run', workstreamId: 'a' })).toEqual({
      ok: false,
      code: 'WS_WORKSTREAM_STATE',
      message: 'workstream "a" is RUNNING; expected FAILED or QUARANTINED',
      hint: 'cancel the run, or wait for its end',
    })
    expect(run.news()).toEqual(['command.answered'])
    expect([state.runs.size, state.answers.size]).toEqual([before[0]!, before[1]! + 1])
  })

  it('that does not fit the state of its task is refused', async () => {
    const run = await driveRun('a: n1\nb: n2')
    await run.finish('n2')
    const codes = []
    for (const command of [
      { type: 'task.retry', runId: 'run', taskId: 'n1' },
      { type: 'task.retry', runId: 'run', taskId: 'n2' },
      { type: 'task.done', runId: 'run', taskId: 'n1' },
    ] as const) {
      const answer = await run.command(command)
      codes.push((answer as Refused).message)
    }
    expect(codes).toEqual([
      'task "n1" is RUNNING; only one that did not succeed is tried again',
      'task "n2" is SUCCEEDED; only one that did not succeed is tried again',
      'task "n1" is not waiting for a person',
    ])
  })

  it('that a person who has not been asked yet is done with is refused', async () => {
    const run = await driveRun('a: n1, n2 < n1', { tasks: { n2: { kind: 'person', tools: [] } } })
    expect(await run.command({ type: 'task.done', runId: 'run', taskId: 'n2' })).toMatchObject({
      code: 'WS_TASK_STATE',
    })
  })

  it('that does not fit the state of its workstream is refused', async () => {
    const run = await driveRun('a: n1\nb: n2')
    await run.fail('n1')
    await run.finish('n2')
    await run.approve('b')
    const messages = []
    for (const [type, workstreamId] of [
      ['workstream.approve', 'a'],
      ['workstream.approve', 'b'],
      ['workstream.release', 'a'],
      ['workstream.discard', 'b'],
    ] as const) {
      const answer = await run.command({ type, runId: 'run', workstreamId })
      messages.push((answer as Refused).message)
    }
    expect(messages).toEqual([
      'workstream "a" is not waiting for approval',
      'workstream "b" is not waiting for approval',
      'workstream "a" is not quarantined but FAILED',
      'workstream "b" is RUNNING; expected FAILED or QUARANTINED',
    ])
  })

  it('that would add work to a branch on its way to the target is refused', async () => {
    const run = await driveRun('a: n1, n2', { run: { failurePolicy: 'none' }, each: { isRequired: false } })
    await run.fail('n1')
    await run.finish('n2')
    expect(run.states()).toMatchObject({ a: 'LANDING' })
    expect(await run.command({ type: 'task.retry', runId: 'run', taskId: 'n1' })).toEqual({
      ok: false,
      code: 'WS_WORKSTREAM_STATE',
      message: 'workstream "a" is at work',
      hint: 'try again when it has ended',
    })
  })

  it('to a run that has ended is refused, except what reopens it', async () => {
    const run = await driveRun('a: n1')
    await run.fail('n1')
    for (const type of ['run.pause', 'run.resume', 'run.cancel'] as const) {
      expect(await run.command({ type, runId: 'run' })).toMatchObject({
        code: 'WS_RUN_ENDED',
        message: 'run "run" has ended: FAILED',
      })
    }
    await run.retryTask('n1')
    expect(run.running()).toEqual(['n1'])
  })

  it('that adds to a run which is being cancelled is refused', async () => {
    const run = await driveRun('a: n1')
    await run.cancel()
    expect(await run.extend('b: n2')).toMatchObject({ code: 'WS_RUN_ENDING' })
  })

  it('given twice under one id is obeyed once and answered the same', async () => {
    const run = await driveRun('a: n1')
    const command = { type: 'run.extend', runId: 'run', ...partsOf('b: n2') } as const
    expect(await run.command(command, 'once')).toEqual({ ok: true })
    expect(await run.command(command, 'once')).toEqual({ ok: true })
    expect(run.events('run.extended')).toHaveLength(1)
    const bad = await run.command({ type: 'run.pause', runId: 'no' }, 'bad')
    expect(await run.command({ type: 'run.pause', runId: 'no' }, 'bad')).toEqual(bad)
  })

  it('is remembered with a thousand others, and then forgotten', async () => {
    const run = await driveRun('')
    await run.together(
      ...Array.from({ length: 1_001 }, (_, i) => ({
        type: 'limits.set' as const,
        commandId: `l${i}`,
        limits: {},
      })),
    )
    expect(run.state.answers.size).toBe(1_000)
    expect(run.state.answers.has('l0')).toBe(false)
    expect(run.state.answers.has('l1')).toBe(true)
  })
})

describe('archiving', () => {
  it('takes a run that has ended out of the state', async () => {
    const run = await driveRun('a: n1')
    expect(await run.command({ type: 'run.archive', runId: 'run' })).toMatchObject({ code: 'WS_RUN_LIVE' })
    await run.fail('n1')
    await run.accept({ type: 'run.archive', runId: 'run' })
    expect(run.state.runs.size).toBe(0)
    expect(await run.start('a: n1')).toEqual({ ok: true })
  })
})

describe('a limit', () => {
  it('is set beside the others, and lets start what now can', async () => {
    const run = await driveRun('a: n1\nb: n2\nc: n3\nd: n4')
    expect(run.running()).toHaveLength(3)
    await run.setLimits({ slots: 4, cpu: 2 })
    expect(run.running()).toHaveLength(4)
    expect(run.state.limits).toEqual({ slots: 4, cpu: 2 })
  })
})

describe('a run that is started', () => {
  it('is refused under an id that is taken', async () => {
    const run = await driveRun('a: n1')
    expect(await run.start('a: n1')).toEqual({
      ok: false,
      code: 'WS_RUN_TAKEN',
      message: 'a run "run" exists already',
    })
  })

  it('is refused with every reason at once', async () => {
    const run = await driveRun('', { limits: { gpu: 1 } })
    const spec = planOf('a b [src/**]: n1\na: n1, n2 < n9 & n3 & x! & a!, n3 < n2\n-b: n4', {
      run: { id: 'run/1', limits: { cpu: 2 } },
      tasks: { n4: { tools: [], uses: { cpu: 3, gpu: 2, disk: -1 } } },
    })
    const tasks = [...spec.tasks, { ...spec.tasks[0]!, id: 'n 5', workstream: 'z' }]
    const answer = await run.startSpec({
      ...spec,
      workstreams: [...spec.workstreams, spec.workstreams[0]!],
      tasks,
    })
    expect((answer as Refused).message.split('; ')).toMatchInlineSnapshot(`
      [
        "the run id "run/1" is not allowed: expected letters, digits, ".", "_" and "-"",
        "the workstream id "-b" is not allowed: expected letters, digits, ".", "_" and "-"",
        "workstream "a" is there twice",
        "the task id "n 5" is not allowed: expected letters, digits, ".", "_" and "-"",
        "task "n2" needs an unknown task "n9"",
        "task "n2" needs an unknown workstream "x"",
        "task "n2" waits for the landing of its own workstream",
        "task "n4" names no tool",
        "task "n 5" is of an unknown workstream "z"",
        "these tasks wait for one another, or for such: n2, n3",
        "task "n4" uses 3 of "cpu", of which there are 2",
        "task "n4" uses 2 of "gpu", of which there are 1",
        "task "n4" uses -1 of "disk"",
        "expected 0 or more",
      ]
    `)
    expect(run.state.runs.size).toBe(0)
  })

  it('may ask for more than one slot', async () => {
    const run = await driveRun('a: n1\nb: n2', {
      limits: { slots: 2 },
      tasks: { n1: { uses: { slots: 2 } } },
    })
    expect(run.running()).toEqual(['n1'])
    expect(run.state.meters.used('slots')).toBe(2)
  })

  it('asks nothing of resources for persons, who use none', async () => {
    const run = await driveRun('a: n1', {
      limits: { cpu: 1 },
      tasks: { n1: { kind: 'person', tools: [], uses: { cpu: 2 } } },
    })
    expect(run.running()).toEqual(['n1'])
  })

  it('is refused where landings and needs close a circle, of tasks and so of workstreams', async () => {
    const run = await driveRun('')
    const answer = await run.start('a: n1 < n2\nb: n2 < a!\nc: n3 < n2\nd: n4')
    expect((answer as Refused).message.split('; ')).toEqual([
      'these tasks wait for one another, or for such: n1, n2, n3',
      'workstreams wait for one another: a, b ("n2" needs "n1", "n1" needs "n2")',
      'split one of them',
    ])
  })

  it('is refused where only its workstreams close a circle', async () => {
    const run = await driveRun('')
    expect(await run.start('a: n1, n4 < n3\nb: n2 < n1, n3\nc: n5 < e!\ne:')).toMatchObject({
      code: 'WS_RUN_INVALID',
      message: 'workstreams wait for one another: a, b ("n2" needs "n1", "n4" needs "n3"); split one of them',
    })
  })
})

describe('an extension', () => {
  it('is refused where it names what is there, or not there', async () => {
    const run = await driveRun('a: n1')
    const { workstreams, tasks } = partsOf('a: n1, n2 < n9')
    expect(await run.command({ type: 'run.extend', runId: 'run', workstreams, tasks })).toMatchObject({
      code: 'WS_RUN_INVALID',
      message:
        'workstream "a" is there twice; task "n1" is there twice; task "n2" needs an unknown task "n9"',
    })
  })

  it('is refused where it makes what a holder of claims waits for wait for still others', async () => {
    const run = await driveRun('h [a]: h1, h2 < t1\nt: t1 < q1\nq: q1\nr: r1')
    expect(run.running()).toContain('h1')
    const refused = {
      code: 'WS_RUN_INVALID',
      message:
        'task "t2" makes others be waited for, while "run/h" holds claims and waits for workstream "t"; add it when that has landed',
    }
    expect(await run.extend('t: t2 < r1')).toMatchObject(refused)
    expect(await run.extend('t: t2 < x1\nx: x1')).toMatchObject(refused)
    expect(await run.extend('t: t2 < r!')).toMatchObject(refused)
    // What it waits for already, its own tasks, and what has landed, add nothing.
    expect(await run.extend('t: t3 < q1 & t1')).toEqual({ ok: true })
    await run.finish('r1', { changes: false })
    expect(await run.extend('t: t4 < r1')).toEqual({ ok: true })
    expect(await run.extend('r: r2 < q1')).toEqual({ ok: true })
  })

  it('may need what is there', async () => {
    const run = await driveRun('a: n1')
    expect(await run.extend('b: n2 < n1 & a!')).toEqual({ ok: true })
  })
})

describe('what the world says twice, or of nobody', () => {
  it('a conflict is predicted once, whichever branch is named first', async () => {
    const run = await driveRun('a: n1\nb: n2')
    const told = { type: 'conflict.predicted', a: 'run/a', b: 'run/b', path: 'x' } as const
    await run.tell(told)
    await run.tell({ ...told, a: 'run/b', b: 'run/a' })
    expect(run.events('conflict.predicted')).toHaveLength(1)
  })
})
