/**
 * What waiting will cost, in entries times trials, for a line of entries that are each bad at the same rate.
 *
 * A round tests some prefixes k1 < k2 < … at once. The first bad entry lies in one of the intervals that they cut;
 * what lies before the interval lands, the interval is known to hold a bad one, and the next round begins there. So the
 * cost of a round is a sum over the intervals, and the best cut is a shortest path of at most so many links.
 */
export interface ValueTable {
  /** n entries of which nothing is known. */
  whole(n: number): number
  /** n entries, and the first b of them hold a bad one. */
  failed(b: number, n: number): number
  /** n entries, and the first b of them failed though nothing is wrong with them. */
  innocent(b: number, n: number): number
}

/** What a table is reckoned for. */
export interface ValueShape {
  readonly failureRate: number
  readonly flakeRate: number
  /** Prefixes that are tested at once. */
  readonly slots: number
  /** Rounds until a single failure counts. */
  readonly retries: number
  /** The longest line reckoned with. */
  readonly length: number
}

/** Reckons the table for lines up to a length. */
export function reckonValues({ failureRate, flakeRate, slots, retries, length }: ValueShape): ValueTable {
  const width = length + 1
  const clean = Array.from({ length: width }, (_, k) => (1 - failureRate) ** k)
  const whole = new Float64Array(width)
  const failed = new Float64Array(width * width)
  const innocent = new Float64Array(width * width)
  const links = Math.min(slots, length) + 1
  for (let n = 1; n <= length; n++) {
    // best[m * width + j]: the least cost of cutting the first j entries by at most m links, not yet divided by
    // how likely it is that they hold a bad one.
    const best = new Float64Array((links + 1) * width).fill(Infinity)
    for (let m = 0; m <= links; m++) best[m * width] = 0
    failed[width + n] = retries * n + whole[n - 1]!
    innocent[width + n] = n + whole[n - 1]!
    for (let b = 1; b <= n; b++) {
      if (b > 1) {
        // Halving (or finer) lands one part after the other, the last entry by itself.
        const part = Math.max(1, b - Math.ceil(b / (Math.min(slots, b - 1) + 1)))
        innocent[b * width + n] = n + innocent[(b - part) * width + n - part]!
      }
      for (let m = 2; m <= links; m++) {
        let least = Infinity
        for (let i = 1; i < b; i++) {
          const rest = (clean[i]! - clean[b]!) * failed[(b - i) * width + n - i]!
          const cost = best[(m - 1) * width + i]! + rest
          if (cost < least) least = cost
        }
        best[m * width + b] = least
      }
      const share = 1 - clean[b]!
      // Where nothing fails this is asked for nothing.
      if (b > 1) failed[b * width + n] = share === 0 ? 0 : n + best[links * width + b]! / share
      // As the first link it is an interval of its own.
      const first = share * failed[b * width + n]!
      for (let m = 1; m <= links; m++) best[m * width + b] = Math.min(best[m * width + b]!, first)
    }
    let least = Infinity
    for (let k = 1; k <= n; k++) {
      for (let i = 0; i < k; i++) {
        const before = i === 0 ? 0 : best[(links - 2) * width + i]!
        if (i > 0 && links < 3) continue
        const cut = before + (clean[i]! - clean[k]!) * failed[(k - i) * width + n - i]!
        const steady = (1 - flakeRate) * whole[n - k]! + flakeRate * innocent[(k - i) * width + n - i]!
        const cost = cut + clean[k]! * steady
        if (cost < least) least = cost
      }
    }
    whole[n] = n + least
  }
  const at = (table: Float64Array, b: number, n: number) =>
    b <= 0 ? whole[Math.min(n, length)]! : table[Math.min(b, n, length) * width + Math.min(n, length)]!
  return {
    whole: (n) => whole[Math.min(n, length)]!,
    failed: (b, n) => at(failed, b, n),
    innocent: (b, n) => at(innocent, b, n),
  }
}
