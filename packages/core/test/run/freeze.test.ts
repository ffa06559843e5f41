import { describe, expect, it } from 'vitest'
import { driveRun } from './drive-run.ts'

/** Every state that a driven run goes through is frozen and thawed; here that run has everything in it at once. */
describe('a snapshot', () => {
  it('gives back all that a state knows', async () => {
    const run = await driveRun(
      'a [src/**]: n1, n2 < n1\nb [src/x]: n3\nc [docs/**]: n4 < a!\nd: n5\ne: n6\nf: n7\ng: n8\nh: n9 < n8',
      {
        limits: { slots: 6 },
        each: { retries: 1 },
        run: { budget: { usd: 4, warnAt: 0.8, stopAt: 0.95 } },
        tasks: {
          n5: { kind: 'person', tools: [] },
          n6: { tools: [{ tool: 'codex', account: 'zenith' }] },
        },
      },
    )
    expect([...run.state.ready.scopes()]).toEqual(['run/run'])
    await run.fail('n1', { reason: 'rate-limited' })
    await run.fail('n8', { reason: 'lost' })
    await run.fail('n6', { reason: 'quota-exhausted', resetAt: 9_000 })
    await run.reprioritise('n7', 1)
    await run.tell({ type: 'conflict.predicted', a: 'run/a', b: 'run/b', path: 'x' })
    await run.meter('n8', 0.5)
    await run.pause()
    await run.measureDisk(true)
    expect(run.state.timers.next()).toBeDefined()
  })

  it('goes on like the state it was taken from', async () => {
    const play = async (isCut: boolean) => {
      const run = await driveRun('a [src/**]: n1, n2 < n1\nb [src/x]: n3\nc: n4 < a!', {
        each: { retries: 2 },
      })
      await run.fail('n1', { reason: 'overloaded' })
      if (isCut) await run.open('adopted')
      await run.advance(1_000)
      await run.finishAll('n1', 'n2')
      if (isCut) await run.open('adopted')
      await run.land('a')
      await run.finishAll('n3', 'n4')
      await run.landAll('b', 'c')
      return [run.run().status, run.clock.now(), run.events('task.started').map(({ taskId }) => taskId)]
    }
    expect(await play(true)).toEqual(await play(false))
  })
})

describe('after a crash', () => {
  it('attempts that are lost get the next number, and landings are asked for again', async () => {
    const run = await driveRun('a: n1\nb: n2')
    await run.finish('n1')
    await run.open('lost')
    expect(run.running()).toEqual(['n2'])
    expect(run.wanted('attempt/run/n2/2')).toBeDefined()
    expect(run.wanted('land/run/a/1/2')).toBeDefined()
    expect(run.task('n2')).toMatchObject({ lostInRow: 1, retriesSpent: 0 })
  })

  it('attempts that go on are adopted', async () => {
    const run = await driveRun('a: n1')
    await run.open('adopted')
    expect(run.wanted('attempt/run/n1/1')).toBeDefined()
    expect(run.started).toEqual(['attempt/run/n1/1'])
    await run.finish('n1')
    expect(run.states()).toMatchObject({ n1: 'SUCCEEDED' })
  })
})
