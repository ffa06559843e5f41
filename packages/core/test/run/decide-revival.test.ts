import { describe, expect, it } from 'vitest'
import { driveRun } from './drive-run.ts'

describe('a task that is tried again', () => {
  it('comes back with what was skipped because of it, and reopens the run', async () => {
    const run = await driveRun('a: n1, n2 < n1\nb: n3 < n2')
    await run.fail('n1')
    expect(run.run().status).toBe('FAILED')
    run.news()
    await run.retryTask('n1')
    expect(run.news()).toMatchInlineSnapshot(`
      [
        "command.answered",
        "run.reopened",
        "task.revived n1",
        "task.revived n2",
        "task.revived n3",
        "workstream.reopened a",
        "workstream.reopened b",
        "task.ready n1",
        "workstream.started a",
        "task.started n1/2",
      ]
    `)
    expect(run.states()).toEqual({ n1: 'RUNNING', n2: 'PENDING', n3: 'PENDING', a: 'RUNNING', b: 'PENDING' })
    expect(run.task('n1').attempt).toBe(2)
  })

  it('has its retries and its choice of tools anew', async () => {
    const tools = [
      { tool: 'aider', account: 'acme' },
      { tool: 'codex', account: 'zenith' },
    ]
    const run = await driveRun('a: n1', { each: { retries: 1, tools } })
    await run.fail('n1', { reason: 'auth', detail: 'no key' })
    await run.fail('n1')
    await run.advance(60_000)
    await run.fail('n1')
    expect(run.states()).toMatchObject({ n1: 'FAILED' })
    await run.retryTask('n1')
    expect(run.task('n1')).toMatchObject({ attempt: 4, retriesSpent: 0 })
    expect(run.events('task.started').at(-1)).toMatchObject({ tool: 'aider' })
  })

  it('takes along what it needs that did not succeed', async () => {
    const run = await driveRun('a: n1\nb: n2 < n1\nc: n3 < b!')
    await run.fail('n1')
    await run.retryTask('n3')
    expect(run.states()).toEqual({
      n1: 'RUNNING',
      n2: 'PENDING',
      n3: 'PENDING',
      a: 'RUNNING',
      b: 'PENDING',
      c: 'PENDING',
    })
  })

  it('reopens a landing that it waits for, though that has nothing left to do', async () => {
    const run = await driveRun('a [src/**]: n1\nb: n2 < a!')
    await run.finish('n1')
    await run.land('a', { kind: 'rejected', checks: ['unit'] })
    expect(run.states()).toMatchObject({ n2: 'SKIPPED' })
    await run.retryTask('n2')
    expect(run.states()).toMatchObject({ a: 'LANDING', n2: 'PENDING' })
    await run.land('a')
    expect(run.running()).toEqual(['n2'])
  })

  it('comes back with what its failure had stopped in its workstream', async () => {
    const run = await driveRun('a: n1, n2, n3 < n2', { tasks: { n1: { priority: 0 } } })
    await run.fail('n1')
    expect(run.states()).toMatchObject({ n2: 'SKIPPED', n3: 'SKIPPED' })
    await run.retryTask('n1')
    expect(run.states()).toMatchObject({ n1: 'RUNNING', n2: 'READY', n3: 'PENDING' })
  })

  it('leaves skipped what lacks something else as well', async () => {
    const run = await driveRun('a: n1\nb: n2\nc: n3 < n1 & n2\nd: n4 < a! & b!')
    await run.fail('n1')
    await run.fail('n2')
    await run.retryTask('n1')
    expect(run.states()).toMatchObject({ n1: 'RUNNING', n2: 'FAILED', n3: 'SKIPPED', n4: 'SKIPPED' })
    await run.retryTask('n2')
    expect(run.states()).toMatchObject({ n2: 'RUNNING', n3: 'PENDING' })
  })

  it('while its run goes on joins it', async () => {
    const run = await driveRun('a: n1\nb: n2')
    await run.fail('n1')
    await run.retryTask('n1')
    expect(run.running()).toEqual(['n2', 'n1'])
    expect(run.events('run.reopened')).toEqual([])
  })

  it('stays within its round where its workstream is still at work', async () => {
    const run = await driveRun('a: n1, n2', { run: { failurePolicy: 'none' } })
    await run.fail('n1')
    await run.retryTask('n1')
    expect(run.states()).toEqual({ n1: 'READY', n2: 'RUNNING', a: 'RUNNING' })
    await run.finish('n2')
    await run.finish('n1')
    await run.land('a')
    expect(run.run().status).toBe('COMPLETED')
  })

  it('is refused while its workstream is at work and would come to wait for another', async () => {
    const run = await driveRun('a: n1, n2 < m1 & n1, n3 < n1\nb: m1\nc: m2\nd: n4, n5 < c!', {
      limits: { slots: 5 },
      run: { failurePolicy: 'none' },
    })
    await run.fail('m1')
    const retry = (taskId: string) => run.command({ type: 'task.retry', runId: 'run', taskId })
    expect(await retry('n2')).toMatchObject({ message: 'workstream "a" is at work' })
    await run.fail('n1')
    expect(await retry('n2')).toEqual({ ok: true })
    expect(run.running()).toContain('m1')
  })

  it('takes along only what it needs that did not succeed', async () => {
    const run = await driveRun('a: n1\nb: n2\nc: n3 < n1 & n2')
    await run.finish('n1')
    await run.fail('n2')
    await run.retryTask('n3')
    expect(run.states()).toMatchObject({ n1: 'SUCCEEDED', n2: 'RUNNING', n3: 'PENDING' })
  })

  it('leaves skipped what waits for a landing that is not tried again', async () => {
    const run = await driveRun('a: n1\nb: n2\nc: n3 < n1 & b!')
    await run.fail('n1')
    await run.fail('n2')
    await run.retryTask('n1')
    expect(run.states()).toMatchObject({ n1: 'RUNNING', n3: 'SKIPPED' })
    await run.fail('n1')
    await run.retryTask('n2')
    await run.retryTask('n1')
    expect(run.states()).toMatchObject({ n3: 'PENDING' })
  })

  it('opens the next round where its workstream has landed', async () => {
    const run = await driveRun('a [src/**]: n1, n2', {
      run: { failurePolicy: 'none' },
      tasks: { n1: { isRequired: false } },
    })
    await run.fail('n1')
    await run.finish('n2')
    await run.land('a')
    await run.retryTask('n1')
    expect(run.workstream('a')).toMatchObject({ round: 2, landingAttempt: 0 })
    expect(run.events('claim.granted')).toHaveLength(2)
    await run.finish('n1')
    expect(run.landing()).toEqual(['a'])
    await run.land('a')
    expect(run.run().status).toBe('COMPLETED')
  })
})

describe('a quarantined workstream', () => {
  it('that is released counts what broke a guardrail as done, and goes on', async () => {
    const run = await driveRun('a [src/**]: n1, n2 < n1\nb: n3 < n2')
    await run.breach('n1')
    run.news()
    await run.release('a')
    expect(run.news()).toMatchInlineSnapshot(`
      [
        "command.answered",
        "run.reopened",
        "task.accepted n1",
        "task.revived n2",
        "task.revived n3",
        "workstream.released a",
        "workstream.reopened b",
        "task.ready n2",
        "workstream.started a",
        "claim.granted a",
        "task.started n2/1",
      ]
    `)
    expect(run.task('n1').phase).toEqual({ state: 'SUCCEEDED', commit: undefined, isReleased: true })
    expect(run.states()).toMatchObject({ n2: 'RUNNING', n3: 'PENDING' })
    expect(run.state.claims.holds('run/a')).toBe(true)
  })

  it('takes its claims anew and lands where nothing is left to do', async () => {
    const run = await driveRun('a [src/**]: n1, n2 < n1\nb [src/x]: n3', { tasks: { n3: { priority: 3 } } })
    await run.finish('n1')
    await run.breach('n2')
    expect(run.running()).toEqual(['n3'])
    await run.release('a')
    expect(run.states()).toMatchObject({ a: 'PENDING' })
    expect(run.why('n1')).toEqual([{ for: 'claim', holder: 'run/b', path: 'src/x' }])
    await run.finish('n3')
    await run.land('b')
    expect(run.states()).toMatchObject({ a: 'LANDING' })
  })

  it('waits with that while the run is paused', async () => {
    const run = await driveRun('a [src/**]: n1, n2 < n1\nb: n3')
    await run.finish('n1')
    await run.breach('n2')
    await run.pause()
    await run.release('a')
    expect(run.states()).toMatchObject({ a: 'PENDING' })
    await run.resume()
    expect(run.states()).toMatchObject({ a: 'LANDING' })
  })

  it('of which the landing broke a guardrail is landed again', async () => {
    const run = await driveRun('a: n1')
    await run.finish('n1')
    await run.land('a', { kind: 'breached', breach: { breach: 'secret', path: 'x', kind: 'key' } })
    await run.release('a')
    expect(run.wanted('land/run/a/1/2')).toBeDefined()
  })

  it('that is released frees what was stranded by it', async () => {
    const run = await driveRun('a: n1, n2 < n1\nb: n3 < n1, n4 < n3')
    await run.finish('n1')
    expect(run.running()).toEqual(['n3', 'n2'])
    await run.breach('n2')
    await run.finish('n3')
    expect(run.states()).toMatchObject({ a: 'QUARANTINED', n4: 'READY' })
    await run.release('a')
    expect(run.running()).toEqual(['n4'])
  })

  it('leaves skipped in it what needs something else that is lost', async () => {
    const run = await driveRun('x: n0\na: n1, n2 < n0 & n1, n3 < n1')
    await run.fail('n0')
    await run.breach('n1')
    await run.release('a')
    expect(run.states()).toMatchObject({ n1: 'SUCCEEDED', n2: 'SKIPPED', n3: 'RUNNING' })
  })

  it('of a cancelled run goes on with what the cancellation had skipped', async () => {
    const run = await driveRun('a: n1, n2')
    await run.cancel()
    await run.breach('n1')
    expect(run.states()).toEqual({ n1: 'QUARANTINED', n2: 'SKIPPED', a: 'QUARANTINED' })
    await run.release('a')
    expect(run.states()).toEqual({ n1: 'SUCCEEDED', n2: 'RUNNING', a: 'RUNNING' })
  })

  it('is not landed by an extension before it holds its claims again', async () => {
    const run = await driveRun('a [src/**]: n1, n2 < n1\nb [src/x]: n3', { tasks: { n3: { priority: 3 } } })
    await run.finish('n1')
    await run.breach('n2')
    await run.release('a')
    await run.extend('c: n4')
    expect(run.states()).toMatchObject({ a: 'PENDING' })
  })

  it('that is tried again does what broke the guardrail anew', async () => {
    const run = await driveRun('a: n1, n2 < n1')
    await run.breach('n1')
    await run.retry('a')
    expect(run.states()).toMatchObject({ n1: 'RUNNING', n2: 'PENDING' })
  })

  it('that is discarded is given up for good', async () => {
    const run = await driveRun('a: n1\nb: n2')
    await run.breach('n1')
    await run.discard('a')
    expect(run.workstream('a').phase).toEqual({ state: 'FAILED', reason: 'discarded' })
    await run.finish('n2', { changes: false })
    expect(run.run().status).toBe('FAILED')
    expect(await run.command({ type: 'workstream.discard', runId: 'run', workstreamId: 'a' })).toMatchObject({
      message: 'workstream "a" was discarded already',
    })
  })

  it('that is discarded after its run has ended reopens that for as long as it takes', async () => {
    const run = await driveRun('a: n1')
    await run.breach('n1')
    await run.discard('a')
    expect(run.events('run.reopened')).toHaveLength(1)
    expect(run.run().status).toBe('FAILED')
  })
})

describe('a failed workstream that is tried again', () => {
  it('has its landing asked for again where only that failed', async () => {
    const run = await driveRun('a: n1')
    await run.finish('n1')
    await run.land('a', { kind: 'conflicted', paths: ['x'] })
    run.news()
    await run.retry('a')
    expect(run.news()).toMatchInlineSnapshot(`
      [
        "command.answered",
        "run.reopened",
        "workstream.reopened a",
        "workstream.started a",
        "landing.requested a",
      ]
    `)
  })

  it('of which the landing was lost brings back what was skipped since then, and what is below that', async () => {
    const run = await driveRun('a: n1\nb: n2 < a!\nc: n3 < n2\nd: n4 < n1 & n5\ne: n5\nf: n6 < n4', {
      limits: { slots: 2 },
    })
    await run.finish('n1')
    await run.land('a', { kind: 'conflicted', paths: ['x'] })
    expect(run.states()).toMatchObject({ n2: 'SKIPPED', n3: 'SKIPPED', n4: 'SKIPPED', n6: 'SKIPPED' })
    await run.retry('a')
    expect(run.states()).toMatchObject({
      a: 'LANDING',
      n2: 'PENDING',
      n3: 'PENDING',
      n4: 'PENDING',
      n6: 'PENDING',
    })
    await run.land('a')
    expect(run.running()).toEqual(['n5', 'n2'])
    await run.finishAll('n5', 'n2', 'n4', 'n3', 'n6')
    await run.landAll('e', 'b', 'd', 'c', 'f')
    expect(run.run().status).toBe('COMPLETED')
  })

  it('of which the landing was lost leaves skipped what lacks something else as well', async () => {
    const run = await driveRun('a: n1\nb: n2 < a! & x\nc: n3 < n2\nz: x\ny: n4 < a! & w!\nw: n5')
    await run.fail('x')
    await run.finishAll('n1', 'n5')
    await run.land('a', { kind: 'conflicted', paths: ['x'] })
    await run.land('w', { kind: 'conflicted', paths: ['x'] })
    await run.retry('a')
    expect(run.states()).toMatchObject({ a: 'LANDING', n2: 'SKIPPED', n3: 'SKIPPED', n4: 'SKIPPED' })
  })

  it('that was lost to others still at work brings nothing into what they hold', async () => {
    const run = await driveRun('a: n1\nb: n2, n3 < a! & n2', {
      run: { failurePolicy: 'none' },
      limits: { slots: 2 },
    })
    await run.finish('n1')
    await run.land('a', { kind: 'conflicted', paths: ['x'] })
    expect(run.states()).toMatchObject({ n2: 'RUNNING', n3: 'SKIPPED' })
    await run.retry('a')
    expect(run.states()).toMatchObject({ a: 'LANDING', n3: 'SKIPPED' })
  })

  it('that is released brings back what was skipped when its landing was set aside', async () => {
    const run = await driveRun('a: n1\nb: n2 < a!')
    await run.finish('n1')
    await run.land('a', { kind: 'breached', breach: { breach: 'secret', path: 'x', kind: 'key' } })
    expect(run.states()).toMatchObject({ a: 'QUARANTINED', n2: 'SKIPPED' })
    await run.release('a')
    await run.land('a')
    expect(run.running()).toEqual(['n2'])
  })

  it('stays stranded together with what it builds on until that is there again', async () => {
    const run = await driveRun('a: n1\nb: n2 < n1\nc: n3 < n2, n4 < n3')
    await run.finishAll('n1', 'n2')
    await run.land('a', { kind: 'conflicted', paths: ['x'] })
    await run.land('b', { kind: 'withdrawn' })
    expect(run.states()).toMatchObject({ b: 'LANDING', n3: 'RUNNING' })
    await run.finish('n3')
    await run.retry('a')
    expect(run.events('workstream.unstranded').map(({ workstreamId }) => workstreamId)).toEqual(['b', 'c'])
  })

  it('frees what was stranded through several others, of which some have landed', async () => {
    const run = await driveRun('a: n1\nb: n2 < n1\nc: n3 < n1\nz: n0\nd: n4 < n2 & n3 & n0, n5 < n4')
    await run.finishAll('n0', 'n1')
    await run.land('z')
    await run.finishAll('n2', 'n3', 'n4')
    await run.land('a', { kind: 'conflicted', paths: ['x'] })
    expect(run.events('workstream.stranded').map(({ workstreamId }) => workstreamId)).toEqual(['b', 'c', 'd'])
    await run.retry('a')
    expect(run.landing()).toEqual(['a', 'b', 'c'])
  })

  it('leaves stranded what builds on another that was lost', async () => {
    const run = await driveRun('a: n1\nb: n2\nc: n3 < n1 & n2, n4 < n3')
    await run.finishAll('n1', 'n2')
    await run.land('a', { kind: 'conflicted', paths: ['x'] })
    await run.land('b', { kind: 'conflicted', paths: ['x'] })
    await run.finish('n3')
    await run.retry('a')
    expect(run.events('workstream.unstranded')).toEqual([])
    await run.retry('b')
    expect(run.running()).toEqual(['n4'])
  })
})
