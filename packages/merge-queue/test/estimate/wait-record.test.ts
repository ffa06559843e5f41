import { describe, expect, it } from 'vitest'
import { Random } from '@ws/core/testing'
import { emptyWaitRecord, learnRatio, readEnds } from '../../src/estimate/wait-record.ts'

const usual = [0.9, 1, 1.5] as const

/** How many of four hundred waits fall within the ends that were told, after as many to learn from. */
function heldOf(ratioAt: (i: number, random: Random) => number): number {
  const record = emptyWaitRecord()
  const random = new Random(7)
  let held = 0
  for (let i = 0; i < 800; i++) {
    const told = readEnds(record, usual)
    const ratio = ratioAt(i, random)
    if (i >= 400 && ratio >= told[0] && ratio <= told[2]) held++
    learnRatio(record, ratio, told)
  }
  return held / 400
}

describe('the ends of an estimate', () => {
  it('are what is usual until enough was seen', () => {
    const record = emptyWaitRecord()
    expect(readEnds(record, usual)).toEqual(usual)
    for (let i = 0; i < 14; i++) learnRatio(record, 3, usual)
    expect(readEnds(record, usual)).toEqual(usual)
    learnRatio(record, 3, usual)
    expect(readEnds(record, usual)[1]).toBe(3)
  })

  it('hold four waits of five, whatever the waits are like', () => {
    expect(heldOf((_i, random) => 1 + random.next())).toBeCloseTo(0.8, 1)
    expect(heldOf((_i, random) => (random.chance(0.2) ? 5 : 1) * (1 + 0.1 * random.next()))).toBeCloseTo(
      0.8,
      1,
    )
  })

  it('follow waits that grow', () => {
    expect(heldOf((i, random) => (1 + i / 100) * (1 + random.next()))).toBeGreaterThan(0.7)
  })

  it('stand in order', () => {
    const record = emptyWaitRecord()
    const random = new Random(3)
    for (let i = 0; i < 300; i++) {
      const [low, middle, high] = readEnds(record, usual)
      expect(low).toBeLessThanOrEqual(middle)
      expect(middle).toBeLessThanOrEqual(high)
      learnRatio(record, random.next() * 4, [low, middle, high])
    }
  })
})
