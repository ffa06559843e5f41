import { cutLine } from './cut-line.ts'
import { firstBad } from './first-bad.ts'
import type { LineView, TrialPlan } from './line-view.ts'
import { planSpare } from './plan-spare.ts'
import { longest, tableFor } from './table-for.ts'

/**
 * Cuts the line where the expected wait of all its entries is least: the prefixes under test and those that are begun
 * now divide it into intervals, and the first bad entry is in one of them. Slots that are left over are for what
 * follows if one of the entries is bad.
 */
export function planAdaptive(view: LineView): TrialPlan {
  const chance = firstBad(view)
  const prefixes = cutNow(view, chance)
  if (prefixes.length >= view.slots) return { prefixes, forks: [] }
  const spare = planSpare(view, chance, prefixes)
  return { prefixes: [...prefixes, ...spare.prefixes], forks: spare.forks }
}

function cutNow(view: LineView, chance: Float64Array): readonly number[] {
  const { good, failed, failures, failureRates, running, slots, flakeRate, retries } = view
  const length = failureRates.length
  const [bad] = failed
  if (bad === good + 1) return [bad]
  const mayRepeat = failures <= retries
  const kept = running
    .map(({ prefix }) => prefix)
    .filter((k) => bad === undefined || k < bad || (k === bad && mayRepeat))
  const waiting = Math.min(longest, length - good)
  const values = tableFor(view)
  const cut = cutLine({
    from: good,
    chance,
    length,
    failed: bad,
    mayRepeat,
    flakeRate,
    kept,
    count: slots,
    waiting,
    values,
  })
  // The longest first: it serves most.
  return [...new Set([...kept, ...cut.toReversed()])]
}
