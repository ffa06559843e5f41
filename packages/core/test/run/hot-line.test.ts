import { describe, expect, it } from 'vitest'
import type { DriveOptions, DrivenRun } from './drive-run.ts'
import { driveRun } from './drive-run.ts'

/** Workstreams that each want a directory of their own and one file that all want. */
const crowd = (count: number, first = 0) =>
  Array.from({ length: count }, (_, i) => `w${first + i} [own/${first + i} hot]: t${first + i}`).join('\n')

const drive = (notation: string, options: DriveOptions = {}) =>
  driveRun(notation, { limits: { slots: 4 }, ...options })

const blocked = (run: DrivenRun) =>
  run.events('claim.blocked').map(({ workstreamId, holder }) => `${workstreamId} behind ${holder.slice(4)}`)

/** Lets whatever runs end well and land, until nothing runs; returns the order of starts. */
async function runOut(run: DrivenRun): Promise<readonly string[]> {
  for (let [task] = run.running(); task !== undefined; [task] = run.running()) {
    await run.finish(task)
    for (const workstream of run.landing()) await run.land(workstream)
  }
  return run.events('task.started').map(({ taskId }) => taskId)
}

describe('the line for what many want', () => {
  it('asks one of those behind the holder, and tells the others the same', async () => {
    const run = await drive(crowd(12))
    expect(run.running()).toEqual(['t0'])
    expect(blocked(run)).toEqual(['w1 behind w0'])
    expect(run.why('t7')).toEqual(run.why('t1'))
    await run.finish('t0')
    await run.land('w0')
    expect(run.running()).toEqual(['t1'])
    expect(blocked(run)).toEqual(['w1 behind w0', 'w2 behind w1'])
  })

  it('starts its members in their order, one after another', async () => {
    const run = await drive(crowd(12))
    expect(await runOut(run)).toEqual(Array.from({ length: 12 }, (_, i) => `t${i}`))
    expect(run.run().status).toBe('COMPLETED')
  })

  it('is not made for what eight others or fewer want', async () => {
    const run = await drive(crowd(9))
    expect(blocked(run)).toEqual(['w1 behind w0'])
    const few = await drive(crowd(8))
    expect(blocked(few)).toHaveLength(7)
  })

  it('of those who want several such files is the one that most want', async () => {
    const both = Array.from({ length: 10 }, (_, i) => `w${i} [own/${i} warm hot]: t${i}`).join('\n')
    const run = await drive(`${both}\n${crowd(3, 10)}`)
    expect(run.workstream('w4').hotClaim).toEqual({ path: 'hot', mode: 'exclusive' })
    const other = await drive(both)
    expect(other.workstream('w4').hotClaim).toEqual({ path: 'warm', mode: 'exclusive' })
    expect(blocked(run)).toEqual(['w1 behind w0'])
  })

  it('lets pass the next one when the first is held up by something that only it wants', async () => {
    const run = await drive(`x [own/0]: x0\ny [own/1]: y0\n${crowd(12)}`, {
      each: { priority: 2 },
      tasks: { x0: { priority: 0 }, y0: { priority: 0 } },
    })
    expect(blocked(run)).toEqual(['w0 behind x', 'w1 behind y', 'w3 behind w2'])
    expect(run.running()).toEqual(['x0', 'y0', 't2'])
    await run.finish('x0')
    await run.land('x')
    // Now the holder of what all want is in its way too.
    expect(blocked(run).at(-1)).toBe('w0 behind w2')
    await run.finish('t2')
    await run.land('w2')
    expect(run.running()).toEqual(['y0', 't0'])
  })

  it('offers a newcomer that is more urgent than the one who is parked, and hides one that is less', async () => {
    const run = await drive(`q: q0\n${crowd(12)}`, {
      limits: { slots: 3 },
      tasks: { t9: { needs: [] }, q0: { priority: 0 } },
    })
    expect(blocked(run)).toEqual(['w1 behind w0'])
    await run.reprioritise('t9', 1)
    await run.setLimits({ slots: 4 })
    expect(blocked(run)).toEqual(['w1 behind w0', 'w9 behind w0'])
    await run.reprioritise('t5', 3)
    expect(blocked(run)).toHaveLength(2)
    await run.finish('t0')
    await run.land('w0')
    expect(run.running()).toContain('t9')
    const order = await runOut(run)
    expect(order.slice(-2)).toEqual(['t11', 't5'])
  })

  it('follows a change of rank of the one that is offered, and of one behind it', async () => {
    const run = await drive(`q: q0\n${crowd(12)}`, {
      limits: { slots: 1 },
      tasks: { q0: { priority: 0 } },
    })
    expect(run.running()).toEqual(['q0'])
    await run.reprioritise('t0', 1)
    await run.reprioritise('t3', 1)
    await run.reprioritise('t0', 4)
    await run.reprioritise('t6', 0)
    expect((await runOut(run)).slice(0, 4)).toEqual(['q0', 't6', 't3', 't1'])
  })

  it('goes on without those that are taken out of it', async () => {
    const run = await drive(`q: q0\n${crowd(11)}\nw11 [own/11 hot]: t11 < q0`, {
      limits: { slots: 2 },
      tasks: { q0: { priority: 0 } },
    })
    expect(run.running()).toEqual(['q0', 't0'])
    await run.pause()
    await run.finish('t0')
    await run.land('w0')
    await run.fail('q0')
    await run.resume()
    const order = await runOut(run)
    expect(order).not.toContain('t11')
    expect(order).toHaveLength(12)
  })

  it('is left by one that has begun: its other ready tasks need nobody to let go', async () => {
    const two = Array.from({ length: 12 }, (_, i) => `w${i} [own/${i} hot]: t${i}, u${i}`).join('\n')
    const run = await drive(two)
    expect(run.running()).toEqual(['t0'])
    await run.finish('t0')
    expect(run.running()).toEqual(['u0'])
    await run.finish('u0')
    await run.land('w0')
    expect(run.running()).toEqual(['t1'])
  })

  it('has no place for one whose order with others may let it pass', async () => {
    const run = await drive(`q [hot]: q0, q1 < q0\n${crowd(12)}\nz [own/z hot]: z0 < q0`, {
      tasks: { q0: { priority: 0 }, z0: { priority: 1 } },
    })
    await run.finish('q0')
    expect(blocked(run)).toEqual(['w0 behind q', 'z behind q'])
    await run.finish('q1')
    expect(run.states()).toMatchObject({ q: 'LANDING', z0: 'READY' })
    await run.land('q')
    expect(run.running()).toEqual(['z0'])
  })

  it('is left by one that was by-passed so often that it is a barrier', async () => {
    const smalls = Array.from({ length: 24 }, (_, i) => `s${i} [src/s${i}]: m${i}`).join('\n')
    const wide = 'wide [src/** hot]: big'
    const run = await drive(`h [src/h]: n0\n${wide}\n${crowd(12)}\n${smalls}`, {
      limits: { slots: 3 },
      each: { priority: 1 },
      tasks: {
        ...Object.fromEntries(Array.from({ length: 12 }, (_, i) => [`t${i}`, { priority: 4 }])),
        n0: { priority: 0, estimateMs: 600_000 },
        big: { priority: 0 },
      },
    })
    for (let i = 0; i < 24 && run.running().includes(`m${i}`); i++) {
      await run.finish(`m${i}`)
      await run.land(`s${i}`)
    }
    expect(run.workstream('wide').isBarrier).toBe(true)
    await run.finish('n0')
    await run.land('h')
    expect(run.running()).toContain('big')
  })

  it('waits with a cap on landings, which is in nobody’s way for ever', async () => {
    const run = await drive(crowd(12), { limits: { slots: 2, landing: 1 } })
    await run.finish('t0')
    expect(run.running()).toEqual([])
    await run.land('w0')
    expect(run.running()).toEqual(['t1'])
  })

  it('is arranged anew when a run is extended, as it was', async () => {
    const run = await drive(crowd(12))
    await run.extend(crowd(2, 12))
    expect(blocked(run)).toEqual(['w1 behind w0'])
    expect(await runOut(run)).toHaveLength(14)
  })
})
