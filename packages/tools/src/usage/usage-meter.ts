import type { SessionUsage, TurnUsage, UsageScope } from '../adapter/tool-adapter.ts'
import { type Pricing, priceTokens, pricesOf } from './pricing.ts'
import { type Counts, QuantityMeter } from './quantity-meter.ts'

/** A number that a tool reported, and what it counts. Quantities that it does not speak of are absent. */
export interface UsageReading {
  readonly scope: Exclude<UsageScope, 'none'>
  /** Which step it belongs to: the same step said again replaces what it said before. */
  readonly id?: string
  readonly inputTokens?: number
  readonly outputTokens?: number
  readonly cachedTokens?: number
  readonly costUsd?: number
  /** The tool says itself that its amount in USD is a guess. */
  readonly isGuess?: boolean
}

/** What a meter begins with. */
export interface UsageMeterOptions {
  /** The session's totals when it was last seen; a session that is taken up without them is counted from its start. */
  readonly before?: SessionUsage | undefined
  /** The session existed before. */
  readonly isResumed?: boolean
  /** Prices for tools that report no money. */
  readonly pricing?: Pricing | undefined
  readonly model?: string | undefined
}

/** Amounts in USD are counted in whole billionths, so that sums and differences are exact. */
const parts = 1_000_000_000

/**
 * Makes exact totals per turn of whatever a tool reports: numbers of a turn, of a step, of a whole session that go on
 * counting (across a resume too) or begin again at 0. One meter for each session.
 */
export class UsageMeter {
  readonly #pricing: Pricing | undefined
  #model: string | undefined
  readonly #meters: Readonly<Record<keyof Counts, QuantityMeter>>
  #isGuess = false

  constructor({ before, isResumed = false, pricing, model }: UsageMeterOptions = {}) {
    this.#pricing = pricing
    this.#model = model
    const start = (amount: number | undefined) =>
      new QuantityMeter({ before: amount, isBaseKnown: before !== undefined || !isResumed })
    this.#meters = {
      inputTokens: start(before?.inputTokens),
      outputTokens: start(before?.outputTokens),
      cachedTokens: start(before?.cachedTokens),
      cost: start(before === undefined ? undefined : Math.round(before.costUsd * parts)),
    }
  }

  /** Which model is at work, once it is known: prices depend on it. */
  set model(model: string) {
    this.#model = model
  }

  startTurn(): void {
    this.#isGuess = false
    for (const meter of Object.values(this.#meters)) meter.startTurn()
  }

  /** The session began anew: what the tool reports from now on counts from 0. */
  reset(): void {
    for (const meter of Object.values(this.#meters)) meter.reset()
  }

  read({ scope, id, costUsd, isGuess = false, ...tokens }: UsageReading): TurnUsage {
    const cost = costUsd === undefined ? undefined : Math.round(costUsd * parts)
    const counted = tokenNames.map((name) => [this.#meters[name], tokens[name]] as const)
    const all = [...counted, [this.#meters.cost, cost] as const]
    // One total that fell says that all of them began anew, those too that have passed their old value already.
    const isAnew = scope === 'session-total' && all.some(([meter, value]) => meter.isBelow(value))
    for (const [meter, value] of all) meter.read(value, { scope, id, isAnew })
    if (costUsd !== undefined) this.#isGuess = isGuess
    return this.turn()
  }

  /** A session's total from before its first turn here: what was used by others. */
  setBase({ costUsd, ...tokens }: Omit<UsageReading, 'scope' | 'id' | 'isGuess'>): void {
    for (const name of tokenNames) this.#meters[name].setBase(tokens[name])
    this.#meters.cost.setBase(costUsd === undefined ? undefined : Math.round(costUsd * parts))
  }

  /** What the turn used so far. */
  turn(): TurnUsage {
    const tokens = {
      inputTokens: this.#meters.inputTokens.turn ?? 0,
      outputTokens: this.#meters.outputTokens.turn ?? 0,
      cachedTokens: this.#meters.cachedTokens.turn ?? 0,
    }
    const cost = this.#meters.cost.turn
    const isEstimated = this.#isGuess || Object.values(this.#meters).some((meter) => meter.isEstimated)
    if (cost !== undefined) {
      return { ...tokens, costUsd: cost / parts, basis: isEstimated ? 'estimated' : 'reported' }
    }
    const prices = pricesOf(this.#pricing, this.#model)
    if (prices === undefined || this.#meters.inputTokens.turn === undefined)
      return { ...tokens, basis: 'unknown' }
    const costUsd = Math.round(priceTokens(prices, tokens) * parts) / parts
    return { ...tokens, costUsd, basis: isEstimated ? 'estimated' : 'priced' }
  }

  /** The session's totals, to be kept for whoever takes it up again. */
  session(): SessionUsage {
    return {
      inputTokens: this.#meters.inputTokens.session,
      outputTokens: this.#meters.outputTokens.session,
      cachedTokens: this.#meters.cachedTokens.session,
      costUsd: this.#meters.cost.session / parts,
    }
  }
}

const tokenNames = ['inputTokens', 'outputTokens', 'cachedTokens'] as const
