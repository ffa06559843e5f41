import { describe, expect, it } from 'vitest'
import type { DriveOptions } from './drive-run.ts'
import { driveRun } from './drive-run.ts'

const smalls = Array.from({ length: 24 }, (_, i) => `s${i} [src/s${i}]: m${i}`).join('\n')

describe('claims', () => {
  it('are taken all at once when the first task starts', async () => {
    const run = await driveRun('a [src/** +docs/**]: n1, n2 < n1')
    expect(run.events('claim.granted')).toEqual([
      {
        type: 'claim.granted',
        runId: 'run',
        workstreamId: 'a',
        claims: [
          { path: 'src/**', mode: 'exclusive' },
          { path: 'docs/**', mode: 'shared' },
        ],
      },
    ])
    await run.finish('n1')
    expect(run.events('claim.granted')).toHaveLength(1)
  })

  it('of two workstreams that want the same in opposite order are not taken task by task', async () => {
    const claim = (path: string) => ({ claims: [{ path, mode: 'exclusive' as const }] })
    const run = await driveRun('a [x y]: a1, a2 < a1\nb [x y]: b1, b2 < b1', {
      tasks: { a1: claim('x'), a2: claim('y'), b1: claim('y'), b2: claim('x') },
      isChecked: false,
    })
    for (const task of ['a1', 'b1', 'a2', 'b2']) if (run.running().includes(task)) await run.finish(task)
    for (const workstream of run.landing()) await run.land(workstream)
    for (const task of ['b1', 'b2']) if (run.running().includes(task)) await run.finish(task)
    for (const workstream of run.landing()) await run.land(workstream)
    expect(run.run().status).toBe('COMPLETED')
  })

  it('that overlap keep a workstream waiting, and the log says on which path', async () => {
    const run = await driveRun('a [src/**]: n1\nb [*/x.ts]: n2', { isChecked: false })
    expect(run.running()).toEqual(['n1'])
    expect(run.events('claim.blocked')).toEqual([
      {
        type: 'claim.blocked',
        runId: 'run',
        workstreamId: 'b',
        holder: 'run/a',
        path: 'src/x.ts',
        why: 'held',
      },
    ])
    expect(run.why('n2')).toEqual([{ for: 'claim', holder: 'run/a', path: 'src/x.ts' }])
    await run.finish('n1')
    expect(run.running()).toEqual([])
    await run.land('a')
    expect(run.running()).toEqual(['n2'])
  })

  it('are told apart by case unless the repository ignores it', async () => {
    const plan = 'a [src/**]: n1\nb [SRC/**]: n2'
    expect((await driveRun(plan)).running()).toEqual(['n1', 'n2'])
    expect((await driveRun(plan, { ignoreCase: true })).running()).toEqual(['n1'])
  })

  it('that are shared may be held side by side, but not beside an exclusive one', async () => {
    const run = await driveRun('a [+docs/**]: n1\nb [+docs/**]: n2\nc [docs/x]: n3', {
      tasks: { n3: { priority: 3 } },
    })
    expect(run.running()).toEqual(['n1', 'n2'])
    await run.finishAll('n1', 'n2')
    await run.land('a')
    expect(run.running()).toEqual([])
    await run.land('b')
    expect(run.running()).toEqual(['n3'])
  })

  it('bind across runs', async () => {
    const run = await driveRun('a [src/**]: n1')
    await run.start('b [src/x]: n2', { run: { id: 'two' } })
    expect(run.why('n2', 'two')).toEqual([{ for: 'claim', holder: 'run/a', path: 'src/x' }])
    await run.finish('n1')
    await run.land('a')
    expect(run.task('n2', 'two').phase.state).toBe('RUNNING')
  })

  it('bind even where no workstream of a live run holds them', async () => {
    const run = await driveRun('')
    run.state.claims.take('gone/a', [{ path: 'src/**', mode: 'exclusive' }])
    await run.start('b [src/x]: n2')
    expect(run.why('n2')).toEqual([{ for: 'claim', holder: 'gone/a', path: 'src/x' }])
  })

  it('are held until the workstream has landed', async () => {
    const run = await driveRun('a [src/**]: n1\nb [src/x]: n2')
    await run.finish('n1')
    expect(run.states()).toMatchObject({ n1: 'SUCCEEDED', a: 'LANDING', n2: 'READY' })
    await run.land('a')
    expect(run.state.claims.holds('run/a')).toBe(false)
    expect(run.states()).toMatchObject({ a: 'COMPLETED', n2: 'RUNNING' })
  })

  it('that are held until finished fall when the tasks are done', async () => {
    const run = await driveRun('a [src/**]: n1\nb [src/x]: n2', {
      workstreams: { a: { holdUntil: 'finished' } },
    })
    await run.finish('n1')
    expect(run.states()).toMatchObject({ a: 'LANDING', n2: 'RUNNING' })
  })

  it('stay with a workstream in which one task failed and others go on', async () => {
    const run = await driveRun('a [src/**]: n1, n2\nb [src/x]: n3', {
      run: { failurePolicy: 'none' },
      isChecked: false,
    })
    await run.fail('n1')
    expect(run.running()).toEqual(['n2'])
    expect(run.state.claims.holds('run/a')).toBe(true)
    await run.finish('n2')
    expect(run.states()).toMatchObject({ a: 'FAILED', n3: 'RUNNING' })
  })

  it('of ordered workstreams never conflict: the later one starts before the earlier has landed', async () => {
    const run = await driveRun('a [src/**]: n1, n2 < n1\nb [src/**]: n3 < n2, n4 < n3')
    await run.finishAll('n1', 'n2')
    expect(run.states()).toMatchObject({ a: 'LANDING', n3: 'RUNNING' })
    expect(run.events('workstream.started').at(-1)).toMatchObject({ workstreamId: 'b', bases: ['run/a'] })
    await run.finishAll('n3', 'n4')
    expect(run.wanted('land/run/b/1/1')).toMatchObject({ after: ['run/a'] })
    expect(run.why('n4')).toEqual([
      { for: 'landing', workstream: 'run/a', state: 'RUNNING' },
      { for: 'queue', workstream: 'run/b' },
    ])
    await run.land('a')
    expect(run.wanted('land/run/b/1/1')).toMatchObject({ after: [] })
  })

  it('of workstreams ordered through a third, or through a landing, never conflict either', async () => {
    const run = await driveRun('a [src/**]: n1\nb: n2 < n1\nc [src/**]: n3 < n2\nd [src/**]: n4 < c!')
    await run.finishAll('n1', 'n2')
    expect(run.states()).toMatchObject({ a: 'LANDING', b: 'LANDING', n3: 'RUNNING' })
    await run.landAll('a', 'b')
    await run.finish('n3')
    await run.land('c')
    expect(run.running()).toEqual(['n4'])
  })

  it('of workstreams ordered by several ways at once never conflict', async () => {
    const run = await driveRun(
      'a [src/**]: n1, n2 < n1\nb: m1 < n2, m2 < m1 & n2\nc: m3 < n2\nd [src/**]: n3 < m2 & m3 & m1, n4 < n3',
    )
    await run.finishAll('n1', 'n2', 'm1', 'm3', 'm2')
    expect(run.states()).toMatchObject({ a: 'LANDING', n3: 'RUNNING' })
    await run.finishAll('n3', 'n4')
    expect(run.wanted('land/run/d/1/1')).toMatchObject({ after: ['run/b', 'run/c'] })
  })

  it('of workstreams of which only some tasks are in order conflict, however many ways are looked at', async () => {
    const run = await driveRun(
      'a: n1\nb: n2 < n1\nc: n3 < n1\ng: g1 < x1\ne [src/e]: x1, x2 < x1\nf [src/f]: y1\nh: y2 < y1\nd [src/**]: n4 < n2 & n3 & g1',
      { limits: { slots: 9 } },
    )
    await run.finishAll('n1', 'n2', 'n3', 'x1', 'g1')
    expect(run.running()).toEqual(['y1', 'x2'])
    expect(run.why('n4')).toEqual([{ for: 'claim', holder: 'run/e', path: 'src/e' }])
    await run.finish('x2')
    await run.land('e')
    expect(run.why('n4')).toEqual([{ for: 'claim', holder: 'run/f', path: 'src/f' }])
  })

  it('that a workstream would give back early are still waited for while others hold them', async () => {
    const run = await driveRun('a [src/**]: n1\nb [src/x]: n2', {
      workstreams: { b: { holdUntil: 'finished' } },
    })
    expect(run.why('n2')).toEqual([{ for: 'claim', holder: 'run/a', path: 'src/x' }])
  })

  it('of workstreams with a task in common order, but not all, conflict', async () => {
    const run = await driveRun('a [src/**]: n1, n2 < n1\nb [src/x]: n3 < n1')
    await run.finish('n1')
    expect(run.running()).toEqual(['n2'])
    expect(run.why('n3')).toEqual([{ for: 'claim', holder: 'run/a', path: 'src/x' }])
  })

  it('found silently behind another with the same claims are explained all the same', async () => {
    const run = await driveRun('a [src/**]: n1\nb [src/x]: n2\nc [src/x]: n3')
    expect(run.events('claim.blocked').map(({ workstreamId }) => workstreamId)).toEqual(['b'])
    expect(run.why('n3')).toEqual(run.why('n2'))
    await run.finish('n1')
    await run.land('a')
    expect(run.running()).toEqual(['n2'])
    expect(run.why('n3')).toEqual([{ for: 'claim', holder: 'run/b', path: 'src/x' }])
  })

  it('are let go by a workstream that fails, is quarantined or is cancelled', async () => {
    const run = await driveRun('a [a/**]: n1\nb [b/**]: n2\nc [a/x]: n3\nd [b/x]: n4')
    await run.fail('n1')
    await run.breach('n2')
    expect(run.running()).toEqual(['n3', 'n4'])
    await run.cancel()
    await run.obey('n3')
    await run.obey('n4')
    expect([...run.state.claims.holders()]).toEqual([])
  })
})

describe('the barrier', () => {
  it('stops what overlaps a workstream that was by-passed sixteen times', async () => {
    const run = await driveRun(`h [src/h]: n0\nz: n9\nw [src/**]: wide < n9\n${smalls}`, {
      limits: { slots: 3 },
      each: { priority: 1 },
      tasks: { n0: { priority: 0 }, n9: { priority: 0 }, wide: { priority: 0 } },
      isChecked: false,
    })
    await run.finish('n9')
    let passed = 0
    for (; passed < 24 && run.running().includes(`m${passed}`); passed++) {
      await run.finish(`m${passed}`)
      await run.land(`s${passed}`)
    }
    expect(passed).toBeLessThan(20)
    expect(run.running()).toEqual(['n0'])
    expect(run.events('claim.blocked').at(-1)).toMatchObject({ holder: 'run/w', why: 'barrier' })
    expect(run.why('m23')).toEqual([{ for: 'barrier', waiter: 'run/w', path: 'src/s23' }])
    await run.finish('n0')
    await run.land('h')
    expect(run.running()).toEqual(['wide'])
  })

  it('does not stop what a holder waits for, since the barrier waits for that holder', async () => {
    const run = await driveRun(
      `h [src/h]: n0, h2 < n0 & t1\nz: n9\nw [src/**]: wide < n9\nq: q1\nt [src/t]: t1 < q1\n${smalls}`,
      {
        limits: { slots: 4 },
        each: { priority: 1 },
        tasks: Object.fromEntries(['n0', 'n9', 'wide', 'q1'].map((id) => [id, { priority: 0 }])),
      },
    )
    await run.finish('n9')
    for (let i = 0; i < 24 && run.running().includes(`m${i}`); i++) {
      await run.finish(`m${i}`)
      await run.land(`s${i}`)
    }
    expect(run.state.claims.isBarrier('run/w')).toBe(true)
    await run.finish('q1')
    expect(run.running()).toContain('t1')
  })
})

describe('a barrier that has nothing to start', () => {
  /** A run in which w is a barrier before whatever lies in src, and m23 waits behind it. */
  const drive = async (more = '', tasks: DriveOptions['tasks'] = {}) => {
    const run = await driveRun(`h [src/h]: n0\nz: n9\nw [src/**]: wide < n9\n${more}${smalls}`, {
      limits: { slots: 3 },
      each: { priority: 1 },
      tasks: { n0: { priority: 0 }, n9: { priority: 0 }, wide: { priority: 0 }, ...tasks },
    })
    await run.finish('n9')
    for (let i = 0; i < 24 && run.running().includes(`m${i}`); i++) {
      await run.finish(`m${i}`)
      await run.land(`s${i}`)
    }
    expect(run.state.claims.isBarrier('run/w')).toBe(true)
    return run
  }

  it('since its run is paused stops nobody in another run', async () => {
    const run = await drive()
    await run.start('x [src/x]: n1\ny [src/y]: n2', { run: { id: 'two' } })
    expect(run.why('n1', 'two')).toMatchObject([{ for: 'barrier', waiter: 'run/w' }])
    await run.pause()
    expect(run.task('n1', 'two').phase.state).toBe('RUNNING')
    await run.resume()
    await run.finish('n0')
    await run.land('h')
    expect(run.task('wide').phase.state).toBe('READY')
  })

  it('lets pass what a holder that starts later waits for', async () => {
    const run = await drive('k [lib]: k1 < n7, k2 < t1\nt [src/t]: t1\nq: n7\n', {
      n7: { priority: 0 },
      t1: { priority: 4 },
    })
    expect(run.why('t1')).toMatchObject([{ for: 'barrier', waiter: 'run/w' }])
    expect(run.running()).toEqual(['n7', 'n0'])
    await run.finish('n7')
    expect(run.running()).toEqual(['n0', 'k1', 't1'])
  })
})

describe('the order in which claims are taken', () => {
  it('leaves behind a cap on landings what waits there, whoever waits for that', async () => {
    const run = await driveRun('a: n1\nt: t1\nh [src/h]: h1 < n9, h2 < t1\nz: n9', {
      limits: { slots: 2, landing: 1 },
      workstreams: { h: { lands: false }, z: { lands: false } },
      tasks: { n1: { priority: 0 }, n9: { priority: 1 }, t1: { priority: 3 } },
    })
    await run.finish('n1')
    expect(run.why('t1')[0]).toMatchObject({ for: 'landings' })
    await run.finish('n9')
    expect(run.running()).toEqual(['h1'])
    await run.land('a')
    expect(run.running()).toEqual(['h1', 't1'])
  })

  it('lets what a workstream waits for go first, where both claim the same', async () => {
    const run = await driveRun('h [src/**]: h1, h2 < t1\nt [src/**]: t1', { tasks: { h1: { priority: 0 } } })
    expect(run.running()).toEqual(['t1'])
    expect(run.events('claim.blocked')).toMatchObject([
      { workstreamId: 'h', holder: 'run/t', why: 'order' },
      { workstreamId: 'h', holder: 'run/t', why: 'held' },
    ])
    await run.finish('t1')
    expect(run.why('h1')).toMatchObject([{ for: 'claim', holder: 'run/t' }])
    await run.land('t')
    await run.finishAll('h1', 'h2')
    await run.land('h')
    expect(run.run().status).toBe('COMPLETED')
  })

  it('keeps an open workstream off what a holder waits for', async () => {
    const run = await driveRun(
      'h [a]: h1, h2 < t1\nt [b]: t1 < q1\nq: q1\nx [b]: x1, x2 < y1\ny [c]: y1 < q1',
      { tasks: { h1: { priority: 0 } } },
    )
    expect(run.running()).toEqual(['h1', 'q1'])
    expect(run.why('x1')).toEqual([{ for: 'order', workstream: 'run/t' }])
    await run.finish('q1')
    await run.finish('t1')
    await run.landAll('q', 't')
    expect(run.running()).toContain('x1')
  })

  it('keeps a workstream off where what it waits for claims what an open holder has', async () => {
    const run = await driveRun(
      'h [a]: h1, h2 < t1\nt [b]: t1 < q1\nq: q1\nw [c]: w1, w2 < b1\nb [a]: b1 < q1',
      { tasks: { h1: { priority: 0 } } },
    )
    expect(run.running()).toEqual(['h1', 'q1'])
    expect(run.why('w1')).toEqual([{ for: 'order', workstream: 'run/b' }])
  })

  it('lets start what waits for somebody of whom nobody at work is in the way', async () => {
    const run = await driveRun(
      'h [a]: h1, h2 < t1\nt [b]: t1 < q1\nq: q1\nw [c]: w1, w2 < v1\nv [d]: v1 < q1',
      {
        tasks: { h1: { priority: 0 } },
      },
    )
    expect(run.running()).toEqual(['h1', 'q1', 'w1'])
  })

  it('still counts one who waits for two of whom one has landed', async () => {
    const run = await driveRun('h [a]: h1, h2 < t1 & u1\nt: t1\nu: u1\nx [b]: x1, x2 < y1\ny [a]: y1 < u1', {
      tasks: { h1: { priority: 0 }, t1: { priority: 0 }, u1: { priority: 0 } },
    })
    expect(run.why('x1')).toContainEqual({ for: 'order', workstream: 'run/y' })
    await run.finish('t1')
    await run.land('t')
    expect(run.why('x1')).toContainEqual({ for: 'order', workstream: 'run/y' })
  })

  it('looks at what a workstream builds on only once, however many ways lead there', async () => {
    const run = await driveRun('h [a]: h1, h2 < t1 & u1\nt: t1 < v1\nu: u1 < v1\nv [a]: v1 < q1\nq: q1', {
      tasks: { h1: { priority: 0 } },
    })
    expect(run.running()).toEqual(['q1'])
    expect(run.why('h1')).toEqual([{ for: 'order', workstream: 'run/v' }])
  })

  it('frees who was kept off for the sake of order when a holder is done', async () => {
    const run = await driveRun(
      'h [a]: h1, h2 < t1\nt [b]: t1 < q1\nq: q1\nw [c]: w1, w2 < b1\nb [a]: b1 < q1',
      { tasks: { h1: { priority: 0 } } },
    )
    await run.finish('q1')
    await run.land('q')
    await run.finishAll('h1', 't1')
    await run.land('t')
    expect(run.running()).toEqual(['h2', 'w1'])
    await run.finishAll('w1', 'h2')
    await run.land('h')
    await run.finish('b1')
    await run.land('b')
    await run.finish('w2')
    await run.land('w')
    expect(run.run().status).toBe('COMPLETED')
  })
})
