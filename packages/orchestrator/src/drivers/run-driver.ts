import type { AttemptEffect, Driver, DriverContext, RunEffect, RunInput } from '@ws/core'
import type { LandingDriver } from './landing-driver.ts'

/** What the run machine's host acts through: attempts here, landings there. */
export class RunDriver implements Driver<RunEffect, RunInput> {
  readonly #attempts: Driver<AttemptEffect, RunInput>
  readonly #landings: LandingDriver

  constructor(attempts: Driver<AttemptEffect, RunInput>, landings: LandingDriver) {
    this.#attempts = attempts
    this.#landings = landings
  }

  start(key: string, effect: RunEffect, context: DriverContext<RunInput>): void {
    if (effect.kind === 'attempt') this.#attempts.start(key, effect, context)
    else this.#landings.start(key, effect, context)
  }

  change(key: string, effect: RunEffect): void {
    if (effect.kind === 'attempt') this.#attempts.change(key, effect)
    else this.#landings.change(key, effect)
  }

  stop(key: string): void {
    this.#attempts.stop(key)
    this.#landings.stop(key)
  }

  async recover(
    key: string,
    effect: RunEffect,
    context: DriverContext<RunInput>,
  ): Promise<RunInput | 'adopted' | 'lost'> {
    return effect.kind === 'attempt'
      ? this.#attempts.recover(key, effect, context)
      : this.#landings.recover(key, effect, context)
  }

  async close(): Promise<void> {
    await Promise.all([this.#attempts.close(), this.#landings.close()])
  }
}
