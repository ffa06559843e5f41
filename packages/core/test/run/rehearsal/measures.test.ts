import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { lowerBoundMs, measuresOf } from '../../../src/run/rehearsal/measures.ts'
import { Random } from '../../../src/testing/random.ts'
import { planOrder, playerFor, randomStage, stageFor } from './stages.ts'

describe('what makes a task urgent', () => {
  it('is the heaviest path from it, by time and by what is taken of the scarcest resource meanwhile', () => {
    const tasks = { b: { uses: { cpu: 2 } } }
    const details = { minutes: { a: 2, b: 4, c: 3 }, tasks, capacities: { slots: 4, cpu: 4 } }
    const { path, weightedPath, bulk } = measuresOf(stageFor('w: a\nx: b < a\ny: c', details))
    expect([...path]).toEqual([1, 4 / 6, 0.5])
    // 2 minutes on a quarter of the slots and 4 on half of the cpu; 3 on a quarter of the slots.
    expect([...weightedPath]).toEqual([1, 0.8, 0.3])
    expect([...bulk]).toEqual([0.5, 1, 0.5])
  })

  it('is all that its workstream keeps waiting', () => {
    const details = { minutes: { a: 2, b: 4, c: 3, d: 1 } }
    const { load } = measuresOf(stageFor('w [src/x]: a\nx [src/**]: b\ny [src/y]: c\nz: d < y!, e', details))
    // x is in the way of all three, w and y of x; z only of itself; the gate of nobody.
    expect([...load]).toEqual([6 / 9, 1, 7 / 9, 2 / 9, 2 / 9, 0])
  })

  it('is nothing where nothing takes any time', () => {
    const { path, load } = measuresOf(stageFor('w: a\nx: b', { minutes: { a: 0, b: 0 } }))
    expect([...path, ...load]).toEqual([0, 0, 0, 0])
  })
})

describe('what no schedule can beat', () => {
  const minutes = { a: 2, b: 4, c: 3 }

  it.each([
    ['the longest path', 'w: a\nx: b < a\ny: c', {}, 6],
    ['all work over the slots', 'w: a\nx: b\ny: c', { slots: 2 }, 4.5],
    ['the work on a resource', 'w: a\nx: b\ny: c', { slots: 3, aider: 1 }, 9],
    ['what a workstream does one after another', 'w: a, b\nx: c', {}, 6],
    ['what all do who claim the same', 'w [src]: a\nx [src]: b\ny [src/x]: c', {}, 6],
    ['no more than the longest task where claims are shared', 'w [+src]: a\nx [+src]: b\ny: c', {}, 4],
    ['nothing where there is nothing', '', {}, 0],
  ])('is %s', (_what, notation, capacities, expected) => {
    expect(lowerBoundMs(stageFor(notation, { minutes, capacities }))).toBe(expected)
  })

  it('is never above a play', () => {
    fc.assert(
      fc.property(fc.integer(), (seed) => {
        const { stage } = randomStage(new Random(seed))
        const makespan = playerFor(stage).play(planOrder(stage))
        expect(lowerBoundMs(stage)).toBeLessThanOrEqual(makespan + 1e-9)
      }),
    )
  })
})
