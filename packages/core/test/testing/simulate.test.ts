import { describe, expect, it } from 'vitest'
import { simulate } from '../../src/testing/simulate.ts'

const chain = [
  { id: 'a', durationMs: 10 },
  { id: 'b', durationMs: 5, needs: ['a'] },
  { id: 'c', durationMs: 7 },
]

describe('simulate', () => {
  it('says when each task starts, how long it all takes, and the bound that none can beat', async () => {
    const { makespanMs, lowerBoundMs, starts, events } = await simulate({ tasks: chain })
    expect(makespanMs).toBe(15)
    expect(lowerBoundMs).toBe(15)
    expect([...starts]).toEqual([
      ['a', 0],
      ['c', 0],
      ['b', 10],
    ])
    expect(events.at(-1)?.event.type).toBe('run.completed')
  })

  it('keeps to the concurrency', async () => {
    const { makespanMs, lowerBoundMs } = await simulate({ tasks: chain, limits: { concurrency: 1 } })
    expect([makespanMs, lowerBoundMs]).toEqual([22, 22])
  })

  it('holds claims, shared or not, and puts tasks of a workstream one after another', async () => {
    const tasks = [
      { id: 'a', durationMs: 10, claims: ['src/**'] },
      { id: 'b', durationMs: 10, claims: ['src/x'] },
      { id: 'c', durationMs: 10, claims: [{ path: 'docs/**', mode: 'shared' as const }] },
      { id: 'd', durationMs: 10, claims: [{ path: 'docs/**', mode: 'shared' as const }] },
      { id: 'e', durationMs: 10, workstream: 'w', claims: ['e'] },
      { id: 'f', durationMs: 10, workstream: 'w', claims: ['e'] },
    ]
    const { makespanMs, starts } = await simulate({ tasks, limits: { concurrency: 9 } })
    expect(makespanMs).toBe(20)
    expect([...starts].filter(([, at]) => at === 10).map(([id]) => id)).toEqual(['b', 'f'])
  })

  it('bears zero durations', async () => {
    const { makespanMs, starts } = await simulate({
      tasks: chain.map((task) => ({ ...task, durationMs: 0 })),
    })
    expect(makespanMs).toBe(0)
    expect(starts.size).toBe(3)
  })

  it('bears demands on 32 resources', async () => {
    const names = Array.from({ length: 32 }, (_, i) => `r${i}`)
    const limits = Object.fromEntries(names.map((name) => [name, 2]))
    const uses = Object.fromEntries(names.map((name) => [name, 1]))
    const tasks = Array.from({ length: 6 }, (_, i) => ({ id: `t${i}`, durationMs: 10, uses }))
    const { makespanMs } = await simulate({ tasks, limits: { concurrency: 6, ...limits } })
    expect(makespanMs).toBe(30)
  })

  it('goes by priority, and by the most urgent task of a workstream', async () => {
    const tasks = [
      { id: 'a', durationMs: 10, priority: 3, workstream: 'w' },
      { id: 'b', durationMs: 10, priority: 1, workstream: 'w' },
      { id: 'c', durationMs: 10 },
    ]
    const { starts } = await simulate({ tasks, limits: { concurrency: 1 } })
    expect([...starts.keys()]).toEqual(['b', 'c', 'a'])
  })

  it('without estimates goes by the number of steps to the end', async () => {
    const tasks = [
      { id: 'long', durationMs: 100 },
      { id: 'x', durationMs: 1 },
      { id: 'y', durationMs: 1, needs: ['x'] },
    ]
    const { starts } = await simulate({ tasks, limits: { concurrency: 1 }, estimates: 'none' })
    expect([...starts.keys()]).toEqual(['x', 'long', 'y'])
  })

  it('lets attempts fail and crash by the seed, and tries them again', async () => {
    const tasks = Array.from({ length: 40 }, (_, i) => ({ id: `t${i}`, durationMs: 10 }))
    const faults = { failure: 0.3, crash: 0.3 }
    const once = await simulate({ tasks, faults, seed: 5 })
    const retried = once.events.flatMap(({ event }) =>
      event.type === 'task.retried' ? [event.failure.reason] : [],
    )
    expect(new Set(retried)).toEqual(new Set(['exited', 'crashed']))
    const again = await simulate({ tasks, faults, seed: 5 })
    expect(again.events).toEqual(once.events)
    const other = await simulate({ tasks, faults, seed: 6 })
    expect(other.events).not.toEqual(once.events)
  })

  it('refuses what the machine refuses', async () => {
    await expect(simulate({ tasks: [{ id: 'a', durationMs: 1, needs: ['no'] }] })).rejects.toMatchObject({
      code: 'WS_SIMULATION_REFUSED',
      message: expect.stringContaining('task "a" needs an unknown task "no"'),
    })
  })
})
