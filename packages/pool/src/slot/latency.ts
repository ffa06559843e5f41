/** As many turns as the figures are about. */
const kept = 256

/** The time within which this share of the last turns of all of these ended. */
export function quantileOf(latencies: readonly Latency[], share: number): number | undefined {
  const sorted = latencies.flatMap((latency) => latency.samples).toSorted((a, b) => a - b)
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)]
}

/** How long the last turns took. */
export class Latency {
  readonly #samples: number[] = []
  #next = 0

  add(ms: number): void {
    this.#samples[this.#next] = ms
    this.#next = (this.#next + 1) % kept
  }

  get samples(): readonly number[] {
    return this.#samples
  }

  /** The time within which this share of the turns ended; undefined where there were none. */
  quantile(share: number): number | undefined {
    return quantileOf([this], share)
  }
}
