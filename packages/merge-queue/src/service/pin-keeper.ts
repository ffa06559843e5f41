import type { RefName } from '@ws/git'
import { entryRef, type Pins } from '../candidate/pins.ts'
import type { QueueState } from '../queue/queue-state.ts'
import type { Living } from './wait-until.ts'

/** Lets go what was kept for entries and candidates that nobody will ask for again, when nothing else goes on. */
export class PinKeeper {
  readonly #pins: Pins
  readonly #living: Living
  #isNeeded = false
  #sweeping: Promise<void> = Promise.resolve()

  constructor(pins: Pins, living: Living) {
    this.#pins = pins
    this.#living = living
    living.host.events.on('*', ({ event: { type } }) => {
      if (type === 'landing.landed' || type === 'landing.emptied' || type === 'landing.cancelled')
        this.#isNeeded = true
    })
    living.driver.onEnd(() => void this.sweep())
  }

  /** Resolves when nothing is kept in vain, or something goes on that may need it. */
  sweep(): Promise<void> {
    const { driver, host } = this.#living
    if (this.#isNeeded && !driver.isBusy) {
      this.#isNeeded = false
      // A pin that stays too long costs nothing: the next sweep finds it.
      this.#sweeping = this.#sweeping.then(() => this.#sweepNow(host.state)).catch(() => {})
    }
    return this.#sweeping
  }

  async #sweepNow({ entries, targets, runs, afterwards }: QueueState): Promise<void> {
    const commits = new Set<string>()
    for (const { candidates, landing } of targets.values()) {
      for (const candidate of candidates.values()) if (candidate.isBuilt) commits.add(candidate.commit)
      if (landing !== undefined) commits.add(landing.to)
    }
    for (const { commit } of [...runs.values(), ...afterwards]) commits.add(commit)
    const kept = new Set<RefName>()
    for (const { id, phase, spec } of entries.values())
      if (phase.state !== 'MERGED' && phase.state !== 'CANCELLED') kept.add(entryRef(id, spec.commit))
    await this.#pins.sweep((ref, id) => kept.has(ref) || commits.has(id))
  }
}
