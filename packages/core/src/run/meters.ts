/** How much of one resource is taken, and how much there is. */
export interface Meter {
  readonly name: string
  used: number
  /** Infinite where nothing is said. */
  limit: number
}

/** Resources by name, as a repository limits them, or a run. One that is named nowhere is unlimited. */
export class Meters {
  readonly #meters = new Map<string, Meter>()
  #limits: Readonly<Record<string, number>>

  constructor(limits: Readonly<Record<string, number>>) {
    this.#limits = limits
  }

  /** The one and only meter of that name: whoever asks often may keep it. */
  of(name: string): Meter {
    let meter = this.#meters.get(name)
    if (meter === undefined) {
      meter = { name, used: 0, limit: this.#limits[name] ?? Number.POSITIVE_INFINITY }
      this.#meters.set(name, meter)
    }
    return meter
  }

  used(name: string): number {
    return this.#meters.get(name)?.used ?? 0
  }

  /** Replaces all limits. */
  limitTo(limits: Readonly<Record<string, number>>): void {
    this.#limits = limits
    for (const meter of this.#meters.values()) meter.limit = limits[meter.name] ?? Number.POSITIVE_INFINITY
  }

  /** What is taken of anything. */
  inUse(): ReadonlyMap<string, number> {
    const taken = new Map<string, number>()
    for (const { name, used } of this.#meters.values()) if (used !== 0) taken.set(name, used)
    return taken
  }
}
