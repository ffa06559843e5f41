import type { ValueTable } from './value-table.ts'

/** A line to be cut. */
export interface Cut {
  /** Where the line begins: nothing before it is open. */
  readonly from: number
  /** For each prefix, how likely it is to hold a bad entry. */
  readonly chance: ArrayLike<number>
  /** The line's length. */
  readonly length: number
  /** The shortest prefix that failed. */
  readonly failed: number | undefined
  /** Whether that may be tested again as it is. */
  readonly mayRepeat: boolean
  readonly flakeRate: number
  /** Prefixes that are under test, shortest first: they cut whatever else is chosen. */
  readonly kept: readonly number[]
  /** How many prefixes may cut, kept ones included. */
  readonly count: number
  /** Entries that are reckoned to wait in all. */
  readonly waiting: number
  readonly values: ValueTable
}

/**
 * The prefixes that cut a line where the expected wait of its entries is least: a shortest path of at most so many
 * links through the prefixes, over those that are kept.
 */
export function cutLine(cut: Cut): readonly number[] {
  const { from, chance, length, failed, kept, values } = cut
  const last = failed === undefined ? length : cut.mayRepeat ? failed : failed - 1
  const count = Math.max(cut.count, kept.length)
  const width = length + 1
  const best = new Float64Array((count + 1) * width).fill(Infinity)
  const back = new Int16Array((count + 1) * width)
  const next = nextKept(cut, last)
  best[from] = 0
  let least = Infinity
  let at: readonly [number, number] = [0, from]
  const waiting = (k: number) => cut.waiting - (k - from)
  const end = (m: number, i: number, j: number, before: number) => {
    if (next[j]! <= last) return
    const cost = before + restOf(cut, i, j, waiting)
    if (cost < least) {
      least = cost
      at = [m, j]
    }
  }
  end(0, from, from, 0)
  for (let m = 1; m <= count; m++) {
    for (let i = from; i < last; i++) {
      const before = best[(m - 1) * width + i]!
      if (before === Infinity) continue
      const until = Math.min(last, next[i]!)
      for (let j = i + 1; j <= until; j++) {
        const sum = before + (chance[j]! - chance[i]!) * values.failed(j - i, waiting(i))
        if (sum < best[m * width + j]!) {
          best[m * width + j] = sum
          back[m * width + j] = i
        }
        end(m, i, j, sum)
      }
    }
  }
  const chosen: number[] = []
  let [m, j] = at
  while (m > 0) {
    chosen.push(j)
    j = back[m * width + j]!
    m--
  }
  return chosen.reverse()
}

/** For each prefix the next one that is kept, or one behind them all. */
function nextKept({ length, kept }: Cut, last: number): Int16Array {
  const next = new Int16Array(length + 1).fill(last + 1)
  let at = 0
  for (const k of kept) for (; at < k && at <= length; at++) next[at] = k
  return next
}

/** What is to come when the last cut is at j, the one before it at i, and nothing up to j is bad. */
function restOf(
  { from, chance, failed, flakeRate, values, length }: Cut,
  i: number,
  j: number,
  waiting: (k: number) => number,
): number {
  if (failed === undefined) {
    if (j === from) return (1 - chance[j]!) * values.whole(waiting(j))
    const steady = (1 - flakeRate) * values.whole(waiting(j)) + flakeRate * values.innocent(j - i, waiting(i))
    return (1 - chance[j]!) * steady
  }
  // Tested again as it is, what failed for no reason shows at once.
  if (j === failed) return (1 - chance[j]!) * values.whole(waiting(j))
  const guilty = (chance[failed]! - chance[j]!) * values.failed(failed - j, waiting(j))
  return guilty + (1 - chance[failed]!) * values.innocent(Math.min(failed, length) - j, waiting(j))
}
