import type { Driver, DriverContext } from '../machine/driver.ts'
import type { Failure, InterruptReason } from '../errors/failure.ts'
import type { AttemptEffect, LandingEffect, RunEffect } from '../run/run-effect.ts'
import type { AttemptOutcome, LandingOutcome, RunInput, Usage } from '../run/run-input.ts'
import type { ManualClock } from './manual-clock.ts'

/** How an attempt will go: how long it takes, how it ends, what it costs. */
export interface AttemptScript {
  readonly durationMs: number
  readonly outcome: AttemptOutcome
  readonly costUsd?: number
  /** Cost reports on the way, as shares of the whole. */
  readonly meteredAt?: readonly number[]
  /** When nothing of it runs any more, as a share of the whole. @default it is not told */
  readonly executedAt?: number
}

/** How the world behaves. */
export interface WorldOptions {
  readonly clock: ManualClock
  readonly attempt: (effect: AttemptEffect) => AttemptScript
  readonly landing?: (effect: LandingEffect) => {
    readonly durationMs: number
    readonly outcome: LandingOutcome
  }
  /** After a crash: whether an attempt went on without its host, ended with it, or ended unseen but recorded. */
  readonly survives?: (effect: AttemptEffect) => boolean
}

interface Process {
  readonly effect: RunEffect
  readonly cancelAlarms: () => void
  /** What it will say when it ends by itself. */
  readonly words: RunInput
  ended: RunInput | undefined
}

/**
 * The world that a simulated host acts in: attempts and landings that take virtual time. It outlives hosts, as
 * processes and refs do, so that a host after a crash finds what the one before it left.
 */
export class SimulatedWorld {
  /** Attempts that went on, ever, by key: what was started twice under one key would show here. */
  readonly started: string[] = []
  /** What attempts would still have said that a crash ended: a test may have them say it late. */
  readonly lastWords: RunInput[] = []
  readonly #options: WorldOptions
  readonly #processes = new Map<string, Process>()
  /** Landings that wait for what they were built on. */
  readonly #queued = new Map<string, () => void>()
  /** Landings whose predecessors have not landed. */
  readonly #blocked = new Set<string>()
  #context: DriverContext<RunInput> | undefined
  #generation = 0

  constructor(options: WorldOptions) {
    this.#options = options
  }

  /** A driver for one host; the driver of the host before it is cut off. */
  driver(): Driver<RunEffect, RunInput> {
    const generation = ++this.#generation
    const isMine = () => generation === this.#generation
    return {
      start: (key, effect, context) => {
        this.#context = context
        if (isMine()) this.#start(key, effect)
      },
      change: (key, effect) => {
        if (isMine()) this.#change(key, effect)
      },
      stop: (key) => {
        if (isMine()) this.#kill(key)
      },
      recover: (key, effect, context) => {
        this.#context = context
        return Promise.resolve(this.#recover(key, effect))
      },
      close: () => Promise.resolve(),
    }
  }

  /** The host is gone: what it ran goes on or dies, as the options say; nothing is heard of it. */
  crash(): void {
    this.#generation++
    this.#context = undefined
    for (const [key, { effect, ended, words }] of this.#processes) {
      const survives = effect.kind === 'land' || (this.#options.survives?.(effect) ?? false)
      if (survives || ended !== undefined) continue
      this.lastWords.push(words)
      this.#kill(key)
    }
  }

  #start(key: string, effect: RunEffect): void {
    if (effect.kind === 'land') this.#startLanding(key, effect)
    else this.#startAttempt(key, effect)
  }

  #startAttempt(key: string, effect: AttemptEffect): void {
    this.started.push(key)
    const script = this.#options.attempt(effect)
    const costUsd = script.costUsd ?? 0
    const usage: Usage = { costUsd, tokens: 0, durationMs: script.durationMs }
    const now = this.#options.clock.now()
    const { runId, taskId, attempt } = effect
    const words: RunInput = { type: 'attempt.ended', runId, taskId, attempt, outcome: script.outcome, usage }
    const at = (share: number, then: () => void) =>
      this.#options.clock.wakeAt(now + share * script.durationMs, then)
    const place = { runId, taskId, attempt }
    const alarms = (script.meteredAt ?? []).map((share) => {
      const metered = { ...usage, costUsd: share * costUsd }
      return at(share, () => this.#context?.report({ type: 'attempt.metered', ...place, usage: metered }))
    })
    if (script.executedAt !== undefined)
      alarms.push(at(script.executedAt, () => this.#context?.report({ type: 'attempt.executed', ...place })))
    alarms.push(at(1, () => this.#end(key, words)))
    const cancelAlarms = () => {
      for (const cancel of alarms) cancel()
    }
    this.#processes.set(key, { effect, cancelAlarms, words, ended: undefined })
    if (effect.interrupt !== undefined) this.#interrupt(key, effect, effect.interrupt)
  }

  #startLanding(key: string, effect: LandingEffect): void {
    const { durationMs, outcome } = this.#options.landing?.(effect) ?? {
      durationMs: 0,
      outcome: landedWith(key),
    }
    const { runId, workstreamId, round, attempt } = effect
    const words: RunInput = { type: 'landing.ended', runId, workstreamId, round, attempt, outcome }
    const end = () => {
      // Never without what it was built on: a predecessor that has not landed is waited for.
      if (outcome.kind === 'landed' && this.#blocked.has(key)) return void this.#queued.set(key, end)
      this.#end(key, words)
    }
    this.#block(key, effect)
    const cancel = this.#options.clock.wakeAt(this.#options.clock.now() + durationMs, end)
    const cancelAlarms = () => {
      cancel()
      this.#queued.delete(key)
    }
    this.#processes.set(key, { effect, cancelAlarms, words, ended: undefined })
    if (effect.isWithdrawing) this.#change(key, effect)
  }

  #change(key: string, effect: RunEffect): void {
    const process = this.#processes.get(key)
    if (process === undefined || process.ended !== undefined) return
    if (effect.kind === 'land') this.#block(key, effect)
    const queued = this.#queued.get(key)
    if (queued !== undefined && !this.#blocked.has(key)) {
      this.#queued.delete(key)
      return queued()
    }
    if (effect.kind === 'attempt' && effect.interrupt !== undefined)
      this.#interrupt(key, effect, effect.interrupt)
    if (effect.kind === 'land' && effect.isWithdrawing) {
      process.cancelAlarms()
      const { runId, workstreamId, round, attempt } = effect
      this.#end(key, {
        type: 'landing.ended',
        runId,
        workstreamId,
        round,
        attempt,
        outcome: { kind: 'withdrawn' },
      })
    }
  }

  #block(key: string, { after }: LandingEffect): void {
    if (after.length === 0) this.#blocked.delete(key)
    else this.#blocked.add(key)
  }

  #interrupt(key: string, { runId, taskId, attempt }: AttemptEffect, by: InterruptReason): void {
    this.#processes.get(key)!.cancelAlarms()
    const failure: Failure = { reason: 'interrupted', by }
    const usage = { costUsd: 0, tokens: 0, durationMs: 0 }
    this.#end(key, {
      type: 'attempt.ended',
      runId,
      taskId,
      attempt,
      outcome: { kind: 'failed', failure },
      usage,
    })
  }

  #end(key: string, input: RunInput): void {
    this.#processes.get(key)!.ended = input
    this.#context?.report(input)
  }

  #kill(key: string): void {
    this.#processes.get(key)?.cancelAlarms()
    this.#processes.delete(key)
  }

  #recover(key: string, effect: RunEffect): RunInput | 'adopted' | 'lost' {
    const process = this.#processes.get(key)
    if (process === undefined) return 'lost'
    if (process.ended !== undefined) return process.ended
    this.#change(key, effect)
    return this.#processes.get(key)?.ended ?? 'adopted'
  }
}

function landedWith(key: string): LandingOutcome {
  return { kind: 'landed', commit: key }
}
