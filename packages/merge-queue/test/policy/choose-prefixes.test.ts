import { describe, expect, it } from 'vitest'
import fc from 'fast-check'
import { choosePrefixes, planTrials } from '../../src/policy/choose-prefixes.ts'
import type { LineView } from '../../src/policy/line-view.ts'
import { lineOf } from './line-of.ts'

const policies = ['adaptive', 'serial', 'batch-bisect', 'speculative'] as const

const views: fc.Arbitrary<LineView> = fc
  .record({
    length: fc.integer({ min: 1, max: 20 }),
    rate: fc.double({ min: 0.001, max: 0.6, noNaN: true }),
    flakeRate: fc.double({ min: 0, max: 0.3, noNaN: true }),
    slots: fc.integer({ min: 1, max: 9 }),
    retries: fc.integer({ min: 0, max: 2 }),
    good: fc.nat(19),
    failed: fc.uniqueArray(fc.integer({ min: 1, max: 20 }), { maxLength: 3 }),
    running: fc.uniqueArray(fc.integer({ min: 1, max: 20 }), { maxLength: 6 }),
  })
  .map(({ length, good, failed, running, slots, ...facts }) => {
    const from = Math.min(good, length - 1)
    const isOpen = (k: number) => k > from && k <= length
    const bad = failed.filter(isOpen).sort((a, b) => a - b)
    const open = running.filter(isOpen).slice(0, slots)
    return lineOf(length, {
      ...facts,
      slots,
      good: from,
      failed: bad,
      failures: bad.length === 0 ? 0 : 1,
      running: open.sort((a, b) => a - b).map((prefix) => ({ prefix, elapsed: 0.5 })),
    })
  })

describe('what is chosen', () => {
  it.each(policies)('by %s is open, once, no more than there are slots, and never nothing', (policy) => {
    fc.assert(
      fc.property(views, (view) => {
        const { prefixes, forks } = planTrials(view, { policy, testEach: false })
        const all = [
          ...prefixes,
          ...forks.flatMap((fork) => fork.prefixes.map((k) => k + 100 * fork.without)),
        ]
        expect(new Set(all).size).toBe(all.length)
        expect(all.length).toBeLessThanOrEqual(view.slots)
        expect(prefixes.length).toBeGreaterThan(0)
        for (const prefix of prefixes) {
          expect(prefix).toBeGreaterThan(view.good)
          expect(prefix).toBeLessThanOrEqual(view.failureRates.length)
        }
        for (const { without, prefixes: own } of forks) {
          expect(own.length).toBeGreaterThan(0)
          for (const prefix of own) expect(prefix).toBeGreaterThan(without)
        }
      }),
    )
  })

  it.each(policies)('by %s goes on to an end, whoever is bad', (policy) => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.nat(11), { maxLength: 5 }),
        fc.integer({ min: 1, max: 5 }),
        (bad, slots) => {
          const line = Array.from({ length: 12 }, (_, i) => ({ i, isBad: bad.includes(i) }))
          const rejected: number[] = []
          for (let round = 0; line.length > 0; round++) {
            expect(round).toBeLessThan(60)
            settleRound(line, slots, policy, rejected)
          }
          expect(new Set(rejected)).toEqual(new Set(bad))
          expect(rejected).toHaveLength(bad.length)
        },
      ),
      { numRuns: 40 },
    )
  })

  it('with testEach is every prefix, whatever the policy', () => {
    expect(choosePrefixes(lineOf(9), { policy: 'batch-bisect', testEach: true })).toEqual([1, 2, 3, 4])
    expect(choosePrefixes(lineOf(9), { policy: 'adaptive', testEach: true })).toEqual([1, 2, 3, 4])
  })

  it('is nothing where nothing is open', () => {
    expect(choosePrefixes(lineOf(3, { good: 3 }), { policy: 'adaptive', testEach: false })).toEqual([])
  })
})

interface Entry {
  readonly i: number
  readonly isBad: boolean
}

/** Tests what is chosen of what is left until one entry is rejected or something lands. */
function settleRound(
  line: Entry[],
  slots: number,
  policy: (typeof policies)[number],
  rejected: number[],
): void {
  let failed: readonly number[] = []
  for (let step = 0; step < 20; step++) {
    const view = lineOf(line.length, { slots, failed, failures: failed.length === 0 ? 0 : 9 })
    if (failed[0] === 1) {
      const [out] = line.splice(0, 1)
      rejected.push(out!.i)
      return
    }
    const chosen = choosePrefixes(view, { policy, testEach: false })
    const isGood = (k: number) => line.slice(0, k).every((entry) => !entry.isBad)
    const good = Math.max(0, ...chosen.filter(isGood))
    if (good > 0) return void line.splice(0, good)
    failed = [...new Set([...failed, ...chosen])].sort((a, b) => a - b)
  }
  expect('nothing came of it').toBe('')
}
