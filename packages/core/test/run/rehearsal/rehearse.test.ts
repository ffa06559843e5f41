import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Player } from '../../../src/run/rehearsal/player.ts'
import { rehearse } from '../../../src/run/rehearsal/rehearse.ts'
import type { Stage } from '../../../src/run/rehearsal/stage.ts'
import { byWeight } from '../../../src/run/rehearsal/stage.ts'
import { Random } from '../../../src/testing/random.ts'
import { playerFor, randomStage, stageFor } from './stages.ts'

/** The heaviest paths: the machine's order where nothing is rehearsed. */
const plainOf = ({ graph, durations }: Stage): number[] => [...graph.longestPaths(durations)]

/** How long the run takes when tasks are ordered by these weights, as the machine does. */
function makespanOf(stage: Stage, weights: ArrayLike<number>): number {
  const all = Float64Array.from({ length: stage.size }, (_, task) => weights[task] ?? 0)
  const compare = byWeight(stage, all)
  const { levels } = stage
  const order = Int32Array.from(all.keys()).sort((a, b) => levels[a]! - levels[b]! || compare(a, b))
  return playerFor(stage).play(order)
}

/** Makespans of the plain order and of the rehearsed one. */
function compared(stage: Stage, budget?: number): readonly [number, number] {
  const plain = plainOf(stage)
  const { weights, makespanMs } = rehearse(stage, plain, budget === undefined ? {} : { budget })
  expect(makespanOf(stage, weights ?? plain)).toBe(makespanMs)
  return [makespanOf(stage, plain), makespanMs]
}

describe('a rehearsal', () => {
  it('finds that a workstream of many short tasks has to start before long ones', () => {
    const minutes = { a: 5, b: 5, c: 5, d: 5 }
    const many = 'w: m0, m1, m2, m3, m4, m5, m6, m7, m8, m9'
    expect(compared(stageFor(`x: a\ny: b\nz: c\nv: d\n${many}`, { minutes }))).toEqual([15, 10])
  })

  it('finds that what many wait for a claim of has to start first', () => {
    const minutes = { a: 5, b: 5, c: 4, d: 4, e: 4 }
    const contended = 'x [src]: c\ny [src]: d\nz [src]: e'
    expect(compared(stageFor(`v: a\nw: b\n${contended}`, { minutes, capacities: { slots: 2 } }))).toEqual([
      17, 12,
    ])
  })

  it('finds what fits beside what is bulky', () => {
    const minutes = { a: 6, b: 6, c: 5, d: 5 }
    const uses = (cpu: number) => ({ uses: { cpu } })
    const tasks = { a: uses(1), b: uses(1), c: uses(3), d: uses(3) }
    const stage = stageFor('w: a\nx: b\ny: c\nz: d', { minutes, tasks, capacities: { slots: 2, cpu: 4 } })
    expect(compared(stage)).toEqual([16, 11])
  })

  it('lets the plain order stay where no other is clearly better', () => {
    const stage = stageFor('w: a\nx: b\ny: c\nz: d')
    expect(rehearse(stage, plainOf(stage))).toEqual({
      weights: undefined,
      makespanMs: 2,
      steps: expect.any(Number),
    })
    // Two minutes after another, whatever comes first, and a third beside them: not even all variants differ.
    const apart = stageFor('w [src]: a\nx [src]: b\ny: c < a & b\nz: d', { capacities: { slots: 2 } })
    expect(rehearse(apart, plainOf(apart)).weights).toBeUndefined()
  })

  it('lets it stay where there is a gain only when all goes exactly as estimated', () => {
    // Played back and forth, it would come to 22 minutes; but the longest first is best once they are a little off.
    const minutes = { a: 12, b: 11, c: 10, d: 4, e: 4, f: 3 }
    const stage = stageFor('u: a\nv: b\nw: c\nx: d\ny: e\nz: f', { minutes, capacities: { slots: 2 } })
    expect(makespanOf(stage, [6, 5, 3, 4, 2, 1])).toBe(22)
    const { weights, makespanMs } = rehearse(stage, plainOf(stage))
    expect([weights, makespanMs]).toEqual([undefined, 23])
  })

  it('has nothing to say about a run that the plain order would not bring to an end', () => {
    const stage = stageFor('w [src]: a, c < b\nx [src]: b')
    const { weights, makespanMs } = rehearse(stage, [3, 2, 1])
    expect([weights, makespanMs]).toEqual([undefined, Number.POSITIVE_INFINITY])
  })

  it('does without going back and forth where a run cannot be played from its end', () => {
    // From the end u comes first, and s2 beside it, which takes src, while t, which wants src too, keeps s1 waiting.
    const many = 'w: m0, m1, m2, m3, m4, m5, m6, m7, m8, m9'
    const minutes = { a: 6, b: 6, c: 6 }
    const stage = stageFor(`s [src]: s1, s2\nt [src]: t < s1\nu: u < t\nx: a\ny: b\nz: c\n${many}`, {
      minutes,
    })
    const plain = plainOf(stage)
    const { needs, dependents } = stage.graph
    const forward = playerFor(stage)
    forward.play(Int32Array.from(plain.keys()).sort(byWeight(stage, Float64Array.from(plain))))
    const backward = new Player(stage, { needs: dependents, dependents: needs }, { left: 1_000 })
    const latestFirst = Int32Array.from(plain.keys()).sort((a, b) => forward.ends[b]! - forward.ends[a]!)
    expect(backward.play(latestFirst)).toBe(Number.POSITIVE_INFINITY)
    const [before, after] = compared(stage)
    expect(after).toBeLessThan(before)
  })

  it('heeds levels before anything else', () => {
    const tasks = { a: { priority: 0 }, b: { priority: 0 } }
    const minutes = { a: 1, b: 1, c: 6 }
    expect(compared(stageFor('w: a\nx: b\ny: c', { tasks, minutes, capacities: { slots: 2 } }))).toEqual([
      7, 7,
    ])
  })

  it('never takes longer than the plain order, and is the same again, for any plan and budget', () => {
    fc.assert(
      fc.property(fc.integer(), fc.integer({ min: 1, max: 50_000 }), (seed, budget) => {
        const { stage, plain } = randomStage(new Random(seed))
        const once = rehearse(stage, plain, { budget })
        expect(rehearse(stage, plain, { budget })).toEqual(once)
        expect(makespanOf(stage, once.weights ?? plain)).toBeLessThanOrEqual(makespanOf(stage, plain))
      }),
      // Of these plans an order that takes longer would be the better one on average.
      { numRuns: 200, examples: [568, 2_264, 2_436].map((seed) => [seed, 50_000]) },
    )
  })

  it('ends within its budget, but for the play that spends it', () => {
    fc.assert(
      fc.property(fc.integer(), fc.integer({ min: 1, max: 20_000 }), (seed, budget) => {
        const { stage, plain } = randomStage(new Random(seed))
        const { steps } = rehearse(stage, plain, { budget })
        expect(steps).toBeLessThan(budget + 4 * stage.size)
      }),
      { numRuns: 200 },
    )
  })

  it('keeps the plain order where the budget is spent before two are compared', () => {
    const minutes = { a: 5, b: 5, c: 4, d: 4, e: 4 }
    const notation = 'v: a\nw: b\nx [src]: c\ny [src]: d\nz [src]: e'
    const stage = stageFor(notation, { minutes, capacities: { slots: 2 } })
    const chosen = [1, 100, 400, 1_000_000].map(
      (budget) => rehearse(stage, plainOf(stage), { budget }).weights,
    )
    expect(chosen.map((weights) => weights !== undefined)).toEqual([false, false, false, true])
  })
})
