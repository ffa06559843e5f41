import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Player } from '../../../src/run/rehearsal/player.ts'
import type { Stage } from '../../../src/run/rehearsal/stage.ts'
import { Random } from '../../../src/testing/random.ts'
import { planOrder, playerFor, randomStage, stageFor } from './stages.ts'
import type { StageDetails } from './stages.ts'

/** When each task starts, in the plan's order unless another is given, and the makespan. */
function played(notation: string, details: StageDetails = {}, order?: readonly number[]): readonly number[] {
  const stage = stageFor(notation, details)
  const player = playerFor(stage)
  const makespan = player.play(order === undefined ? planOrder(stage) : Int32Array.from(order))
  const starts = player.ends.map((end, task) => end - stage.durations[task]!)
  return [...starts, makespan]
}

describe('a play', () => {
  it('starts what can start, in the order given, and looks past what cannot', () => {
    const details = { minutes: { a: 3, b: 2, c: 1, d: 1 }, capacities: { slots: 2 } }
    expect(played('w: a\nx: b\ny: c\nz: d', details)).toEqual([0, 0, 2, 3, 4])
    expect(played('w: a\nx: b\ny: c\nz: d', details, [3, 2, 1, 0])).toEqual([1, 1, 0, 0, 4])
    expect(played('w: a < c\nx: b\ny: c\nz: d', details)).toEqual([1, 0, 0, 2, 4])
  })

  it('does one task of a workstream at a time', () => {
    expect(played('w: a, b\nx: c')).toEqual([0, 1, 0, 2])
  })

  it('lets a workstream hold its claims from its first task to the end of its last', () => {
    // b waits for c, and d for all of w, since both claim what is under src.
    const details = { minutes: { c: 5 } }
    expect(played('w [src/**]: a, b < c\nx: c\ny [src/x]: d', details)).toEqual([0, 5, 0, 6, 7])
    expect(played('w [+src/**]: a\nx [+src/x]: b\ny [src/x]: c')).toEqual([0, 0, 1, 2])
  })

  it('knows no order in which what is in the way of itself goes on', () => {
    // w holds src while it waits for b, which wants it.
    expect(played('w [src]: a, c < b\nx [src]: b').at(-1)).toBe(Number.POSITIVE_INFINITY)
    expect(played('w [src]: a, c < b\nx [src]: b', {}, [2, 0, 1]).at(-1)).toBe(3)
  })

  it('takes resources, tools and accounts as the machine counts them', () => {
    const cpu = (amount: number) => ({ uses: { cpu: amount } })
    const tasks = { a: cpu(3), b: cpu(2), c: cpu(1) }
    expect(played('w: a\nx: b\ny: c', { tasks, capacities: { slots: 3, cpu: 4 } })).toEqual([0, 1, 0, 2])
    expect(played('w: a\nx: b', { capacities: { aider: 1 } })).toEqual([0, 1, 2])
    expect(played('w: a\nx: b', { capacities: { acme: 1 } })).toEqual([0, 1, 2])
    const same = { tools: [{ tool: 'aider', account: 'aider' }] }
    expect(played('w: a\nx: b', { tasks: { a: same, b: same }, capacities: { aider: 2 } })).toEqual([0, 0, 1])
    const command = { kind: 'command', tools: [] } as const
    expect(played('w: a\nx: b', { tasks: { a: command, b: command }, capacities: { aider: 1 } })).toEqual([
      0, 0, 1,
    ])
    const large = { uses: { slots: 2 } }
    expect(played('w: a\nx: b', { tasks: { a: large }, capacities: { slots: 2 } })).toEqual([0, 1, 2])
  })

  it('gives a person no slot', () => {
    const tasks = { a: { kind: 'person', uses: { cpu: 9 } } } as const
    const capacities = { slots: 1, cpu: 4 }
    expect(played('w: b\nx: a\ny: c', { tasks, capacities })).toEqual([0, 0, 1, 2])
  })

  it('lets what waits for a landing wait for the end of all of its workstream', () => {
    const details = { minutes: { b: 4 } }
    // The last two are the gate, which takes no time, and the makespan.
    expect(played('w: a, b\nx: c < w!\ny: d < w! & a', details)).toEqual([0, 1, 5, 5, 5, 6])
    expect(played('w:\nx: c < w!')).toEqual([0, 0, 1])
  })

  it('hears of ends one at a time, in the order of their starts', () => {
    // c goes on when a ends, and only then is it heard that b, which e waits for, has ended at the same time.
    const details = { capacities: { slots: 2 } }
    expect(played('w: a\nx: b\ny: e < b\nz: c', details)).toEqual([0, 0, 1, 1, 2])
    expect(played('w: a\nx: b\ny: e < b\nz: c\nv: d', details)).toEqual([0, 0, 1, 1, 2, 3])
  })

  it('is over at once where there is nothing to do', () => {
    expect(played('')).toEqual([0])
  })

  it('breaks off when the budget is spent, and does not begin again', () => {
    const stage = stageFor('w: a\nx: b\ny: c')
    const budget = { left: 13 }
    const player = new Player(stage, stage.graph, budget)
    expect(player.play(planOrder(stage))).toBe(Number.POSITIVE_INFINITY)
    expect(budget.left).toBe(0)
    expect(player.play(planOrder(stage))).toBe(Number.POSITIVE_INFINITY)
    expect(budget.left).toBe(0)
    expect(playerFor(stage, 16).play(planOrder(stage))).toBe(1)
  })

  it('keeps nothing of the play before', () => {
    const stage = stageFor('w [src]: a, c < b\nx [src]: b\ny: d')
    const player = playerFor(stage)
    const [good, bad] = [Int32Array.of(2, 0, 1, 3), planOrder(stage)]
    expect([player.play(bad), player.play(good), player.play(bad), player.play(good)]).toEqual([
      Number.POSITIVE_INFINITY,
      3,
      Number.POSITIVE_INFINITY,
      3,
    ])
  })

  it('gives schedules that keep every rule, forward and backward, in any order', () => {
    fc.assert(
      fc.property(fc.integer(), (seed) => {
        const random = new Random(seed)
        const { stage } = randomStage(random)
        const { needs, dependents } = stage.graph
        const order = planOrder(stage).sort(() => random.next() - 0.5)
        for (const direction of [stage.graph, { needs: dependents, dependents: needs }]) {
          const player = new Player(stage, direction, { left: 100_000 })
          const makespan = player.play(order)
          if (makespan < Number.POSITIVE_INFINITY) expectRules(stage, direction.needs, player.ends, makespan)
        }
      }),
      { numRuns: 300 },
    )
  })
})

function expectRules(stage: Stage, needs: Stage['uses'], ends: Float64Array, makespan: number): void {
  const tasks = [...ends.keys()]
  const startOf = (task: number) => ends[task]! - stage.durations[task]!
  const span = (stream: number) => {
    const own = tasks.filter((task) => stage.streams[task] === stream)
    return { from: Math.min(...own.map(startOf)), to: Math.max(...own.map((task) => ends[task]!)) }
  }
  const listOf = ({ offsets, nodes }: Stage['uses'], at: number) => [
    ...nodes.subarray(offsets[at], offsets[at + 1]),
  ]
  expect(makespan).toBe(Math.max(...ends))
  for (const task of tasks) {
    for (const need of listOf(needs, task)) expect(ends[need]).toBeLessThanOrEqual(startOf(task))
    const running = tasks.filter((other) => startOf(other) <= startOf(task) && startOf(task) < ends[other]!)
    const own = running.filter(
      (other) => stage.streams[other] === stage.streams[task] && stage.streams[task]! >= 0,
    )
    expect(own.length).toBeLessThanOrEqual(1)
    for (const [resource, capacity] of stage.capacities.entries()) {
      let used = 0
      for (const other of running) {
        for (let at = stage.uses.offsets[other]!; at < stage.uses.offsets[other + 1]!; at++) {
          if (stage.uses.nodes[at] === resource) used += stage.amounts[at]!
        }
      }
      expect(used).toBeLessThanOrEqual(capacity)
    }
  }
  const streams = [...stage.streamSizes.keys()]
  for (const stream of streams) {
    for (const other of streams) {
      const rivals = listOf(stage.claims, stream).flatMap((claim) => listOf(stage.rivals, claim))
      if (other === stream || !listOf(stage.claims, other).some((claim) => rivals.includes(claim))) continue
      const [a, b] = [span(stream), span(other)]
      expect(a.to <= b.from || b.to <= a.from).toBe(true)
    }
  }
}
