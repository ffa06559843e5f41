/**
 * How waits have turned out beside what was expected of them, for waits of one class. From it the low, the middle and
 * the high end of an estimate are read: quantiles of what was seen, at levels that follow what comes: each time that a
 * wait falls below an end its level goes down, each time that it does not it goes up, so that in the long run as many
 * fall below it as should, even while the queue changes.
 */
export interface WaitRecord {
  /** Real by expected wait, of the newest entries that ended, oldest first. */
  readonly ratios: number[]
  /** At which level each end is read. */
  readonly levels: [number, number, number]
}

/** Low, middle and high end of an estimate, as multiples of what is expected. */
export type Ends = readonly [number, number, number]

/** Which share of waits should fall below each end: four in five lie between the outer ones. */
const shares: Ends = [0.1, 0.5, 0.9]

/** How many real waits are remembered, how many are enough to read from, and how far a level goes at once. */
const remembered = 100
const enough = 15
const stride = 0.05

export function emptyWaitRecord(): WaitRecord {
  return { ratios: [], levels: [...shares] }
}

/** Takes in how a wait turned out, and the ends that were read for it when it began. */
export function learnRatio({ ratios, levels }: WaitRecord, ratio: number, told: Ends): void {
  ratios.push(ratio)
  if (ratios.length > remembered) ratios.shift()
  for (const i of [0, 1, 2] as const) levels[i] += stride * (shares[i] - (ratio < told[i] ? 1 : 0))
}

/** The ends of an estimate; before enough was seen, what is usual. */
export function readEnds({ ratios, levels }: WaitRecord, usual: Ends): Ends {
  if (ratios.length < enough) return usual
  const sorted = ratios.toSorted((a, b) => a - b)
  const [low, middle, high] = levels.map((level) => quantile(sorted, level))
  return [low ?? usual[0], Math.max(low ?? 0, middle ?? usual[1]), Math.max(middle ?? 0, high ?? usual[2])]
}

/** The quantile at a level; below 0 and above 1 it goes on beyond what was seen. */
function quantile(sorted: readonly number[], level: number): number {
  const last = sorted.length - 1
  if (level < 0) return sorted[0]! * Math.exp(3 * level)
  if (level > 1) return sorted[last]! * Math.exp(3 * (level - 1))
  // One more than there are: the next wait is as likely to fall before the first as between any two.
  const at = Math.max(0, Math.min(last, level * (sorted.length + 1) - 1))
  const below = Math.floor(at)
  const above = Math.min(last, below + 1)
  return sorted[below]! + (sorted[above]! - sorted[below]!) * (at - below)
}
