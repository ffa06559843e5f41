import { describe, expect, it } from 'vitest'
import fc from 'fast-check'
import type { Cut } from '../../src/policy/cut-line.ts'
import { cutLine } from '../../src/policy/cut-line.ts'
import { firstBad } from '../../src/policy/first-bad.ts'
import { reckonValues } from '../../src/policy/value-table.ts'
import { lineOf } from './line-of.ts'

/** The cost of a cut, the slow and plain way. */
function costOf(cut: Cut, chosen: readonly number[]): number {
  const { from, chance, failed, values, waiting } = cut
  const open = (k: number) => waiting - (k - from)
  let sum = 0
  let before = from
  for (const k of chosen) {
    sum += (chance[k]! - chance[before]!) * values.failed(k - before, open(before))
    before = k
  }
  const last = chosen.at(-1) ?? from
  if (failed === undefined) return sum + (1 - chance[last]!) * values.whole(open(last))
  if (last === failed) return sum + (1 - chance[last]!) * values.whole(open(last))
  const guilty = (chance[failed]! - chance[last]!) * values.failed(failed - last, open(last))
  return sum + guilty + (1 - chance[failed]!) * values.innocent(failed - last, open(last))
}

function subsets(from: number, to: number): readonly (readonly number[])[] {
  if (from > to) return [[]]
  const rest = subsets(from + 1, to)
  return [...rest, ...rest.map((others) => [from, ...others])]
}

describe('the best cut of a line', () => {
  it('is the best of all there are', () => {
    fc.assert(
      fc.property(
        fc.record({
          length: fc.integer({ min: 1, max: 8 }),
          rate: fc.double({ min: 0.01, max: 0.5, noNaN: true }),
          slots: fc.integer({ min: 1, max: 4 }),
          hasFailed: fc.boolean(),
          kept: fc.option(fc.integer({ min: 1, max: 8 })),
        }),
        ({ length, rate, slots, hasFailed, kept }) => {
          const failed = hasFailed ? length : undefined
          const last = failed === undefined ? length : failed - 1
          const cut: Cut = {
            from: 0,
            chance: firstBad(lineOf(length, { rate, ...(hasFailed ? { failed: [length] } : {}) })),
            length,
            failed,
            mayRepeat: false,
            flakeRate: 0,
            kept: kept !== null && kept <= last ? [kept] : [],
            count: slots,
            waiting: length,
            values: reckonValues({ failureRate: rate, flakeRate: 0, slots, retries: 0, length: 8 }),
          }
          const all = subsets(1, last).filter(
            (each) => each.length <= slots && cut.kept.every((k) => each.includes(k)),
          )
          const best = Math.min(...all.map((each) => costOf(cut, each)))
          const found = cutLine(cut)
          expect(costOf(cut, found)).toBeCloseTo(best, 9)
          expect(found.length).toBeLessThanOrEqual(slots)
        },
      ),
    )
  })
})
