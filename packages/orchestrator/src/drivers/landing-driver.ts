import {
  type Clock,
  type DriverContext,
  invariant,
  isWsError,
  type Landing,
  type LandingEffect,
  type LandingOutcome,
  type LandingRequest,
  type OfLanding,
  type OfRound,
  type ReleasedWork,
  type RunInput,
  type RunMachineState,
  type WorkspaceRequest,
} from '@ws/core'
import { releasedOf } from './attempt-facts.ts'

/** How long is waited before a landing that threw is asked for again. */
const pausesMs = [1_000, 5_000, 25_000]

/** Where a round stands: what is to land. */
export interface RoundStand {
  readonly branch: string
  readonly tip: string
  readonly base: string
}

/** Whom a landing driver works with. */
export interface LandingDriverOptions {
  readonly landing: Landing
  readonly clock: Clock
  readonly look: () => RunMachineState
  /** Where a round stands, with what was released of it. */
  readonly stand: (
    of: OfRound,
    released: readonly ReleasedWork[],
    rules: Pick<WorkspaceRequest, 'run' | 'workstream'>,
  ) => Promise<RoundStand | undefined>
}

interface Going {
  /** As it was wanted last. */
  effect: LandingEffect
  readonly controller: AbortController
  readonly key: string
  isUnwanted: boolean
  readonly ended: Promise<void>
}

/** Submits rounds to the landing port, and tells the machine how they ended. */
export class LandingDriver {
  readonly #options: LandingDriverOptions
  readonly #going = new Map<string, Going>()

  constructor(options: LandingDriverOptions) {
    this.#options = options
  }

  start(key: string, effect: LandingEffect, context: DriverContext<RunInput>): void {
    const controller = new AbortController()
    const going: Going = {
      effect,
      controller,
      key: entryKey(effect),
      isUnwanted: false,
      ended: this.#landAtLast(key, effect, { signal: controller.signal, context })
        .catch(infrastructure)
        .then((outcome) => {
          this.#going.delete(key)
          if (!going.isUnwanted) context.report({ type: 'landing.ended', ...ofLanding(effect), outcome })
        }),
    }
    this.#going.set(key, going)
    this.#tell(effect)
  }

  change(key: string, effect: LandingEffect): void {
    const going = this.#going.get(key)
    if (going !== undefined) going.effect = effect
    this.#tell(effect)
  }

  stop(key: string): void {
    const going = this.#going.get(key)
    if (going === undefined) return
    going.isUnwanted = true
    this.#options.landing.change(going.key, { isWithdrawing: true })
    going.controller.abort()
  }

  /** Asked again under the same key: the queue knows what became of it. */
  recover(key: string, effect: LandingEffect, context: DriverContext<RunInput>): 'adopted' {
    this.start(key, effect, context)
    return 'adopted'
  }

  /** Landings go on in the queue; whoever leads next asks again. */
  async close(): Promise<void> {
    for (const going of this.#going.values()) {
      going.isUnwanted = true
      going.controller.abort()
    }
    await Promise.all([...this.#going.values()].map(({ ended }) => ended))
  }

  #tell({ level, isApproved, isWithdrawing, ...of }: LandingEffect): void {
    this.#options.landing.change(entryKey(of), { level, isApproved, isWithdrawing })
  }

  /** What an edge throws may be over in a moment, and asking again for the same key is no second landing. */
  async #landAtLast(
    key: string,
    effect: LandingEffect,
    { signal, context }: { readonly signal: AbortSignal; readonly context: DriverContext<RunInput> },
  ): Promise<LandingOutcome> {
    for (const pauseMs of pausesMs) {
      try {
        return await this.#land(effect, signal, context)
      } catch (error) {
        if (signal.aborted || isLasting(error)) throw error
        await this.#pause(pauseMs, signal)
        signal.throwIfAborted()
        // Whoever did not take it may have forgotten what else was said of it.
        this.#tell(this.#going.get(key)?.effect ?? effect)
      }
    }
    return this.#land(effect, signal, context)
  }

  #pause(ms: number, signal: AbortSignal): Promise<void> {
    const { clock } = this.#options
    return new Promise((resolve) => {
      const cancel = clock.wakeAt(clock.now() + ms, resolve)
      signal.addEventListener('abort', () => (cancel(), resolve()), { once: true })
    })
  }

  async #land(
    effect: LandingEffect,
    signal: AbortSignal,
    context: DriverContext<RunInput>,
  ): Promise<LandingOutcome> {
    const request = await this.#request(effect)
    if (request === undefined) return { kind: 'lost' }
    return this.#options.landing.land(request, {
      signal,
      onHeld: () => context.report({ type: 'landing.held', ...ofLanding(effect), by: 'approval' }),
    })
  }

  async #request(effect: LandingEffect): Promise<LandingRequest | undefined> {
    const state = this.#options.look()
    const run = state.runs.get(effect.runId)
    const workstream = run?.workstreams.get(effect.workstreamId)
    invariant(run?.spec.work !== undefined && workstream?.spec.work !== undefined, 'WS_RUN_WITHOUT_WORK')
    const rules = { run: run.spec.work, workstream: workstream.spec.work }
    const stand = await this.#options.stand(ofRound(effect), releasedOf(workstream), rules)
    if (stand === undefined) return undefined
    return {
      ...ofLanding(effect),
      key: entryKey(effect),
      branch: stand.branch,
      commit: stand.tip,
      base: stand.base,
      after: effect.after.map((key) => entryKeyOf(state, key)),
      level: effect.level,
      claims: workstream.spec.claims,
      work: workstream.spec.work.landing,
      subject: workstream.spec.work.name ?? effect.workstreamId,
      trailers: {
        'Ws-Run': run.id,
        'Ws-Workstream': effect.workstreamId,
        'Ws-Correlation': run.spec.correlationId,
      },
    }
  }
}

/** Without the attempt's number: the same round asked again is the same entry. */
function entryKey({ runId, workstreamId, round }: OfRound): string {
  return `land/${runId}/${workstreamId}/${round}`
}

function entryKeyOf(state: RunMachineState, key: string): string {
  for (const run of state.runs.values())
    for (const workstream of run.workstreams.values())
      if (workstream.key === key)
        return entryKey({ runId: run.id, workstreamId: workstream.spec.id, round: workstream.round })
  return key
}

function ofRound({ runId, workstreamId, round }: LandingEffect): OfRound {
  return { runId, workstreamId, round }
}

function ofLanding({ runId, workstreamId, round, attempt }: LandingEffect): OfLanding {
  return { runId, workstreamId, round, attempt }
}

/** Said of what is there, not of the moment. */
function isLasting(error: unknown): boolean {
  return isWsError(error) && ['WS_RELEASED_CONFLICT', 'WS_INVARIANT'].includes(error.code)
}

function infrastructure(error: unknown): LandingOutcome {
  return {
    kind: 'infrastructure',
    detail: isWsError(error) ? `${error.code}: ${error.message}` : String(error),
  }
}
