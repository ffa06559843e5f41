import type { LineView } from './line-view.ts'

/** For each prefix of a line, how likely it is to hold a bad entry, after what has failed. */
export function firstBad({ good, failed, failures, failureRates, flakeRate }: LineView): Float64Array {
  const length = failureRates.length
  const clean = new Float64Array(length + 1).fill(1)
  for (let k = good + 1; k <= length; k++) clean[k] = clean[k - 1]! * (1 - failureRates[k - 1]!)
  const [bad] = failed
  if (bad === undefined) return clean.map((share) => 1 - share)
  // A failure says that somebody among the first is bad, unless it meant nothing.
  const guilty = 1 - clean[bad]!
  const innocent = clean[bad]! * flakeRate ** Math.max(1, failures)
  return clean.map((share, k) => {
    const weight = k < bad ? 1 - share : guilty + innocent * (1 - share / clean[bad]!)
    return weight / (guilty + innocent)
  })
}
