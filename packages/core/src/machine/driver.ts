/** What a driver may do for one effect. */
export interface DriverContext<Input> {
  /** Hands an outcome (or progress that is a fact) to the machine. */
  report(input: Input): void
}

/**
 * Acts. The host tells it what has become wanted, changed, or is wanted no more; it tells the host how things
 * ended. It never decides.
 */
export interface Driver<Effect, Input> {
  start(key: string, effect: Effect, context: DriverContext<Input>): void
  /** The same effect with other data: told to stop, approved, finished by a person. */
  change(key: string, effect: Effect): void
  /** No longer wanted: whatever still goes on for it should end; nothing is reported any more. */
  stop(key: string): void
  /**
   * After a restart: what became of an effect that an earlier leadership wanted. `adopted` when it goes on and
   * is ours; an input when its end can be looked up; `lost` for anything else, which must have ended by then.
   */
  recover(key: string, effect: Effect, context: DriverContext<Input>): Promise<Input | 'adopted' | 'lost'>
  /** Ends everything that it started, reporting outcomes until it resolves. */
  close(): Promise<void>
}
