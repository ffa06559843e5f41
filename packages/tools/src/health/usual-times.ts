/** So many answers are remembered for each tool. */
const remembered = 20

/** Fewer than these say nothing of what is usual. */
const enough = 3

/** How long each tool usually takes to answer: the median of its last healthy answers. */
export class UsualTimes {
  readonly #times = new Map<string, number[]>()

  /** What is usual, once there is enough to say it. */
  of(tool: string): number | undefined {
    const times = this.#times.get(tool)
    if (times === undefined || times.length < enough) return undefined
    return times.toSorted((a, b) => a - b)[Math.floor(times.length / 2)]
  }

  add(tool: string, timeMs: number): void {
    const times = this.#times.get(tool) ?? []
    times.push(timeMs)
    this.#times.set(tool, times.slice(-remembered))
  }
}
