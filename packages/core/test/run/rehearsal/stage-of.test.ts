import { describe, expect, it } from 'vitest'
import type { Claim } from '../../../src/claims/claim.ts'
import type { Stage } from '../../../src/run/rehearsal/stage.ts'
import { byWeight } from '../../../src/run/rehearsal/stage.ts'
import { stageOf } from '../../../src/run/rehearsal/stage-of.ts'
import { partsOf } from '../plan-notation.ts'
import { stageFor } from './stages.ts'

const listsOf = ({ offsets, nodes }: Stage['claims']): readonly (readonly number[])[] =>
  [...offsets.keys()].slice(1).map((at) => [...nodes.subarray(offsets[at - 1], offsets[at])])

/** The stage for workstreams that claim these, with one task each. */
function claiming(claims: readonly (readonly Claim[])[], ignoreCase = false): Stage | undefined {
  const parts = partsOf(claims.map((_, at) => `w${at}: t${at}`).join('\n'))
  const workstreams = parts.workstreams.map((workstream, at) => ({ ...workstream, claims: claims[at]! }))
  const durations = claims.map(() => 1)
  const options = { durations, contention: durations, capacities: { slots: 3 }, ignoreCase }
  return stageOf({ ...parts, workstreams }, options)
}

const claim = (path: string, mode: Claim['mode'] = 'exclusive'): Claim => ({ path, mode })

describe('a stage', () => {
  it('numbers tasks and workstreams as the plan does, and gates behind them', () => {
    const details = { minutes: { b: 5 }, tasks: { c: { priority: 0 } }, workstreams: { x: { priority: 4 } } }
    const { size, durations, levels, streams, streamSizes, graph } = stageFor(
      'w: a, b < a\nx: c < w!, d',
      details,
    )
    expect(size).toBe(5)
    expect([...durations]).toEqual([1, 5, 1, 1, 0])
    expect([...levels]).toEqual([2, 2, 0, 4, 0])
    expect([...streams]).toEqual([0, 0, 1, 1, -1])
    expect([...streamSizes]).toEqual([2, 2])
    expect(listsOf(graph.needs)).toEqual([[], [0], [4], [], [0, 1]])
  })

  it('has one gate for all who wait for the same workstream', () => {
    expect(stageFor('w: a\nx: b\ny: c < w! & x!, d < x!').size).toBe(6)
  })

  it('numbers each distinct claim, with those in its way', () => {
    const { claims, rivals } = stageFor(
      'w [src/** +docs/x]: a\nx [src/** src/y src/**]: b\ny [docs/*]: c\nz: d',
    )
    // src/**, the shared docs/x, src/y, docs/*
    expect(listsOf(claims)).toEqual([[0, 1], [0, 2], [3], []])
    expect(listsOf(rivals)).toEqual([[0, 2], [3], [2, 0], [3, 1]])
  })

  it('tells claims apart by mode and by what they leave out, and case where the repository does', () => {
    const without: Claim = { path: 'src/**', mode: 'exclusive', exclude: ['src/x/**'] }
    const stage = claiming([[claim('src/x/y')], [without], [claim('src/x/y', 'shared')]])!
    expect(listsOf(stage.rivals)).toEqual([[0, 2], [1], [0]])
    const paths = [[claim('SRC')], [claim('src')]]
    expect(listsOf(claiming(paths)!.rivals)).toEqual([[0], [1]])
    expect(listsOf(claiming(paths, true)!.rivals)).toEqual([
      [0, 1],
      [1, 0],
    ])
  })

  it('is not made where too many claims may be in the way of each other', () => {
    const nested = (count: number) =>
      Array.from({ length: count }, (_, at) => [claim(`${'a/'.repeat(at)}**`)])
    expect(claiming(nested(100))?.rivals.nodes.length).toBe(10_000)
    expect(claiming(nested(150))).toBeUndefined()
  })

  it('knows limited resources only, slots always', () => {
    const tasks = { a: { uses: { cpu: 2, disk: 1 } }, b: { uses: { slots: 2 } } }
    const stage = stageFor('w: a\nx: b', { tasks, capacities: { cpu: 4 } })
    expect([...stage.capacities]).toEqual([Number.POSITIVE_INFINITY, 4])
    expect(listsOf(stage.uses)).toEqual([[0, 1], [0]])
    expect([...stage.amounts]).toEqual([1, 2, 2])
  })

  it('orders by weight, then by contention, then as the plan does', () => {
    const stage = stageFor('w: a\nx [src]: b\ny [src]: c\nz: d')
    const order = [0, 1, 2, 3].sort(byWeight(stage, Float64Array.of(1, 1, 1, 2)))
    expect(order).toEqual([3, 1, 2, 0])
  })
})
