import type { Clock, Driver, DriverContext } from '@ws/core'
import type {
  BuildEffect,
  CheckEffect,
  EscalateEffect,
  LandEffect,
  QueueEffect,
  WatchEffect,
} from '../queue/queue-effect.ts'
import type {
  CandidateOutcome,
  CheckOutcome,
  EscalationOutcome,
  LandOutcome,
  QueueInput,
  TargetSight,
} from '../queue/queue-input.ts'
import type { TargetWatch } from '../landing/target-watch.ts'

/** What the driver does for each kind of effect. What it throws is a broken world, and is reported as that. */
export interface QueueActions {
  build(effect: BuildEffect, signal: AbortSignal): Promise<CandidateOutcome>
  /** `undefined` when it was aborted. */
  check(effect: CheckEffect, signal: AbortSignal): Promise<CheckOutcome | undefined>
  land(effect: LandEffect): Promise<LandOutcome>
  /** What became of a landing of an earlier leader; `undefined` where it did not happen. */
  findLanding(effect: LandEffect): Promise<LandOutcome | undefined>
  watch(effect: WatchEffect, report: (sight: TargetSight) => void): TargetWatch
  escalate(effect: EscalateEffect, signal: AbortSignal): Promise<EscalationOutcome>
}

interface Waiting {
  effect: QueueEffect
  readonly context: DriverContext<QueueInput>
}

interface Running {
  readonly effect: QueueEffect
  readonly stop: AbortController
  readonly ended: Promise<void>
}

/**
 * Acts for the queue machine. Until it is let go, and after it was held again, what becomes wanted waits; watches
 * and landings past their intent do not wait for that.
 */
export class QueueDriver implements Driver<QueueEffect, QueueInput> {
  readonly #actions: QueueActions
  readonly #clock: Clock
  readonly #waiting = new Map<string, Waiting>()
  readonly #running = new Map<string, Running>()
  readonly #watches = new Map<string, TargetWatch>()
  #isActing = false
  #isClosed = false
  readonly #listeners = new Set<() => void>()

  constructor(actions: QueueActions, clock: Clock) {
    this.#actions = actions
    this.#clock = clock
  }

  /** Begins whatever is wanted, now and from now on. */
  act(): void {
    this.#isActing = true
    for (const [key, { effect, context }] of [...this.#waiting]) {
      this.#waiting.delete(key)
      this.#begin(key, effect, context)
    }
  }

  /** What goes on goes on; nothing new begins. */
  hold(): void {
    this.#isActing = false
  }

  /** Whether something goes on, or would if it were let go. Watches do not count. */
  get isBusy(): boolean {
    return this.#running.size + this.#waiting.size > 0
  }

  watchOf(target: string): TargetWatch | undefined {
    return this.#watches.get(`watch/${target}`)
  }

  /** Calls back when something has ended, or a look was made; the returned function stops that. */
  onEnd(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => void this.#listeners.delete(listener)
  }

  get isLooking(): boolean {
    return [...this.#watches.values()].some((watch) => watch.isLooking)
  }

  /** Asks for a look at every target, remotes included. */
  look(): void {
    for (const watch of this.#watches.values()) watch.lookFar()
  }

  /** Resolves when no look at any target goes on. */
  async looked(): Promise<void> {
    await Promise.all([...this.#watches.values()].map((watch) => watch.idle()))
  }

  start(key: string, effect: QueueEffect, context: DriverContext<QueueInput>): void {
    if (this.#isClosed) return
    const mayBegin = this.#isActing || effect.kind === 'watch' || effect.kind === 'land'
    if (mayBegin) this.#begin(key, effect, context)
    else this.#waiting.set(key, { effect, context })
  }

  change(key: string, effect: QueueEffect): void {
    const waiting = this.#waiting.get(key)
    if (waiting !== undefined) waiting.effect = effect
    if (effect.kind === 'watch') this.#watches.get(key)?.change(effect)
  }

  stop(key: string): void {
    this.#waiting.delete(key)
    this.#watches.get(key)?.stop()
    this.#watches.delete(key)
    this.#running.get(key)?.stop.abort()
  }

  /** Nothing of an earlier leader still runs: its checks were ended when the checkouts were taken over. */
  async recover(
    key: string,
    effect: QueueEffect,
    context: DriverContext<QueueInput>,
  ): Promise<QueueInput | 'adopted' | 'lost'> {
    switch (effect.kind) {
      case 'land': {
        // Where it cannot be told it is tried again: done twice it is done once.
        const outcome = await this.#actions.findLanding(effect).catch(toInfrastructure)
        return outcome === undefined ? 'lost' : { type: 'landing.ended', landId: effect.landId, outcome }
      }
      case 'check':
        return 'lost'
      // Made of the same things it is the same commit; a look changes nothing; a question is asked at least once.
      case 'build':
      case 'watch':
      case 'escalate':
        this.start(key, effect, context)
        return 'adopted'
    }
  }

  /** Ends what can be ended; a landing past its intent is waited for. */
  async close(): Promise<void> {
    this.#isClosed = true
    this.#waiting.clear()
    for (const watch of this.#watches.values()) watch.stop()
    for (const { effect, stop } of this.#running.values()) if (effect.kind !== 'land') stop.abort()
    await Promise.all([...this.#running.values()].map(({ ended }) => ended))
    await this.looked()
  }

  #begin(key: string, effect: QueueEffect, context: DriverContext<QueueInput>): void {
    if (effect.kind === 'watch') {
      const { target } = effect
      const report = (sight: TargetSight) => context.report({ type: 'target.observed', target, sight })
      const watch = this.#actions.watch(effect, report)
      this.#watches.set(key, watch)
      watch.onIdle = () => this.#tell()
      return
    }
    const stop = new AbortController()
    const ended = this.#run(effect, stop.signal).then((outcome) => {
      if (this.#running.get(key)?.stop === stop) this.#running.delete(key)
      if (outcome !== undefined) context.report(outcome)
      this.#tell()
    })
    this.#running.set(key, { effect, stop, ended })
  }

  #tell(): void {
    for (const listener of this.#listeners) listener()
  }

  /** The outcome, or `undefined` when nobody wants it any more. */
  async #run(
    effect: Exclude<QueueEffect, WatchEffect>,
    signal: AbortSignal,
  ): Promise<QueueInput | undefined> {
    const startedAt = this.#clock.monotonic()
    switch (effect.kind) {
      case 'build': {
        const { candidateId } = effect
        const outcome = await this.#actions.build(effect, signal).catch(toInfrastructure)
        return signal.aborted ? undefined : { type: 'candidate.ended', candidateId, outcome }
      }
      case 'check': {
        const { checkRunId } = effect
        const outcome = await this.#actions.check(effect, signal).catch(toInfrastructure)
        if (signal.aborted || outcome === undefined) return undefined
        const durationMs = Math.round(this.#clock.monotonic() - startedAt)
        return { type: 'check.ended', checkRunId, outcome, durationMs }
      }
      case 'land': {
        const { landId } = effect
        return {
          type: 'landing.ended',
          landId,
          outcome: await this.#actions.land(effect).catch(toInfrastructure),
        }
      }
      case 'escalate': {
        const { entryId, escalation } = effect
        const outcome = await this.#actions.escalate(effect, signal).catch(toDeclined)
        return signal.aborted ? undefined : { type: 'escalation.ended', entryId, escalation, outcome }
      }
    }
  }
}

function toInfrastructure(error: unknown): { readonly kind: 'infrastructure'; readonly detail: string } {
  return { kind: 'infrastructure', detail: error instanceof Error ? error.message : String(error) }
}

/** Whoever was asked failed to answer: a person has to look. */
function toDeclined(error: unknown): EscalationOutcome {
  return { kind: 'declined', detail: error instanceof Error ? error.message : String(error) }
}
