import type { UsageScope } from '../adapter/tool-adapter.ts'

/** What is counted. */
export interface Counts {
  readonly inputTokens: number
  readonly outputTokens: number
  readonly cachedTokens: number
  /** In billionths of a USD. */
  readonly cost: number
}

/** More steps of one turn than these are folded into one sum: memory stays bounded. */
const maxSteps = 1_000

/**
 * One quantity of one session. A number for the turn goes before differences of a session's total, and these before a
 * sum of steps: where a tool says several, the wider one is the later and the more exact.
 */
export class QuantityMeter {
  #steps = new Map<string, number>()
  #stepSum = 0
  #hasSteps = false
  #ofTurn: number | undefined
  #grown: number | undefined
  #total: number
  /** What was used before the present turn, where the tool keeps no total. */
  #past: number
  #isTotalled = false
  #isBaseKnown: boolean
  #isBaseGuessed = false

  constructor({ before, isBaseKnown }: { before: number | undefined; isBaseKnown: boolean }) {
    this.#total = before ?? 0
    this.#past = before ?? 0
    this.#isBaseKnown = isBaseKnown
  }

  /** What the turn used, `undefined` where nothing was said. */
  get turn(): number | undefined {
    return this.#ofTurn ?? this.#grown ?? (this.#hasSteps ? this.#stepSum : undefined)
  }

  /** The turn's number is the growth of a total of which the beginning is not known. */
  get isEstimated(): boolean {
    return this.#isBaseGuessed && this.#ofTurn === undefined
  }

  get session(): number {
    return this.#isTotalled ? this.#total : this.#past + (this.turn ?? 0)
  }

  startTurn(): void {
    this.#past += this.turn ?? 0
    this.#steps = new Map()
    this.#stepSum = 0
    this.#hasSteps = false
    this.#ofTurn = undefined
    this.#grown = undefined
    this.#isBaseGuessed = false
  }

  reset(): void {
    this.startTurn()
    this.#past = 0
    this.#total = 0
    this.#isBaseKnown = true
  }

  setBase(value: number | undefined): void {
    if (!isAmount(value)) return
    this.#total = value
    this.#isTotalled = true
    this.#isBaseKnown = true
  }

  /** Whether a total is lower than the last: the tool has begun to count anew. */
  isBelow(value: number | undefined): boolean {
    return isAmount(value) && value < this.#total
  }

  read(value: number | undefined, { scope, id, isAnew }: OneReading): void {
    if (!isAmount(value)) return
    switch (scope) {
      case 'turn':
      case 'run':
        this.#ofTurn = value
        break
      case 'step':
        this.#addStep(value, id)
        break
      case 'session-total':
        this.#addTotal(value, isAnew)
        break
    }
  }

  #addStep(value: number, id: string | undefined): void {
    this.#hasSteps = true
    this.#stepSum += value - (id === undefined ? 0 : (this.#steps.get(id) ?? 0))
    if (id === undefined) return
    if (this.#steps.size >= maxSteps) this.#steps.clear()
    this.#steps.set(id, value)
  }

  #addTotal(value: number, isAnew: boolean): void {
    this.#grown = (this.#grown ?? 0) + (isAnew ? value : Math.max(0, value - this.#total))
    this.#total = value
    this.#isTotalled = true
    if (!this.#isBaseKnown) {
      this.#isBaseKnown = true
      this.#isBaseGuessed = this.#grown > 0
    }
  }
}

interface OneReading {
  readonly scope: Exclude<UsageScope, 'none'>
  readonly id?: string | undefined
  /** The totals of this reading count from 0. */
  readonly isAnew: boolean
}

function isAmount(value: number | undefined): value is number {
  return value !== undefined && Number.isFinite(value) && value >= 0
}
