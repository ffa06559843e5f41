import { describe, expect, it } from 'vitest'
import { driveQueue } from './drive-queue.ts'

const checks = [
  { name: 'a', inputs: ['a/**'] },
  { name: 'b', inputs: ['b/**'] },
  { name: 'both', inputs: ['a/**', 'b/**'] },
  { name: 'unit' },
]
const lane = (area: string, check = area) => ({
  checks: [check],
  claims: [{ path: `${area}/**`, mode: 'exclusive' as const }],
})

describe('entries that claim disjoint paths, with checks of disjoint inputs', () => {
  it('are each checked on the target alone, and land without waiting for each other', async () => {
    const queue = await driveQueue({ checks })
    await queue.add('a1', lane('a'))
    await queue.add('b1', lane('b'))
    expect(queue.running()).toEqual(['a a1', 'b b1'])
    await queue.pass('b b1')
    expect(queue.states()).toBe('a1 CHECKING, b1 MERGED')
  })

  it('are not checked again after another lane has landed: their keys are the same', async () => {
    const queue = await driveQueue({ checks })
    await queue.add('a1', lane('a'))
    await queue.add('b1', lane('b'))
    const [run] = queue.effects('check')
    await queue.pass('b b1')
    // The run of a1 began on a target without b1, and goes on.
    expect(queue.effects('check')).toEqual([run])
    expect(queue.eventsOf('check.started')).toHaveLength(2)
    await queue.tell({ type: 'check.ended', checkRunId: 'r1', outcome: { kind: 'passed' }, durationMs: 1 })
    expect(queue.landed()).toBe('main-0+b1+a1')
  })

  it('share the slots, what is left over is for the first', async () => {
    const queue = await driveQueue({ checks, slots: 3 })
    for (const id of ['a1', 'a2', 'a3']) await queue.add(id, lane('a'))
    expect(queue.running()).toEqual(['a a1', 'a a1 a2', 'a a1 a2 a3'])
    await queue.add('b1', lane('b'))
    expect(queue.running()).toEqual(['a a1', 'a a1 a2', 'b b1'])
  })
})

describe('entries are of one lane', () => {
  it.each([
    ['the paths overlap', lane('a'), lane('a')],
    ['one may change what a check of the other reads', lane('a'), lane('b', 'both')],
    ['a check reads everything', lane('a', 'unit'), lane('b')],
    ['one claims nothing in particular', { checks: ['a'] }, lane('b')],
  ])('where %s', async (_why, first, second) => {
    const queue = await driveQueue({ checks })
    await queue.add('a1', first)
    await queue.add('b1', second)
    expect(queue.eventsOf('candidate.built').map(({ commit }) => commit)).toEqual([
      'main-0+a1',
      'main-0+a1+b1',
    ])
  })

  it('where one comes after the other', async () => {
    const queue = await driveQueue({ checks })
    await queue.add('a1', lane('a'))
    await queue.add('b1', { ...lane('b'), after: ['a1'] })
    expect(queue.effects('check')).toMatchObject([{ commit: 'main-0+a1' }, { commit: 'main-0+a1+b1' }])
  })
})
