import { lowerBoundMs, measuresOf } from './measures.ts'
import type { Measures } from './measures.ts'
import { Player } from './player.ts'
import type { Budget } from './player.ts'
import { roughDurations } from './rough-durations.ts'
import { byWeight } from './stage.ts'
import type { Stage } from './stage.ts'

/** How a rehearsal is bounded. */
export interface RehearsalOptions {
  /**
   * Steps of its players. Counted, not timed, so that every machine that reads a log comes to the same order.
   * @default 1,000,000: at most some 60 ms, which only plans of a thousand tasks come to
   */
  readonly budget?: number
}

const defaultBudget = 1_000_000

/**
 * Each order is also weighed with durations that turn out different, this often: an order that is best only when all
 * goes as estimated is worse than the plain one when nothing does. With half as many, luck decides between close ones.
 */
const variants = 16

/** Less than this gain is within what estimates are off by: the plain order stays, which people can explain. */
const leastGain = 0.005

/** How much each measure counts in the orders that are tried. */
const mixes: readonly Readonly<Record<keyof Measures, number>>[] = [
  { path: 0, weightedPath: 1, load: 2, bulk: 0 },
  { path: 1, weightedPath: 1, load: 1, bulk: 0 },
  { path: 0, weightedPath: 0, load: 0, bulk: 1 },
  { path: 1, weightedPath: 0, load: 1, bulk: 1 },
  { path: 1, weightedPath: 1, load: 0, bulk: 0 },
  { path: 1, weightedPath: 0, load: 1, bulk: 0 },
  { path: 0, weightedPath: 1, load: 0, bulk: 0 },
  { path: 2, weightedPath: 1, load: 1, bulk: 0 },
]

/** What came of a rehearsal. */
export interface Rehearsed {
  /** For each task, gates too: the heaviest is to be started first. Absent where the plain order stays. */
  readonly weights: Float64Array | undefined
  /** How long the run takes in this order when all goes as estimated. */
  readonly makespanMs: number
  /** What it took of the budget. */
  readonly steps: number
}

/**
 * Plays a run through in several orders before it begins. Of those that do not take longer than the plain one when
 * all goes as estimated, it chooses what is best on average when it does or does not; the plain one where none is
 * clearly better.
 */
export function rehearse(
  stage: Stage,
  plain: readonly number[],
  { budget = defaultBudget }: RehearsalOptions = {},
): Rehearsed {
  const rehearsal = new Rehearsal(stage, budget)
  const padded = new Float64Array(stage.size)
  padded.set(plain)
  const { weights, makespanMs } = rehearsal.choose(padded)
  return { weights: weights === padded ? undefined : weights, makespanMs, steps: rehearsal.steps }
}

/** An order of tasks by their weights, and its makespan when all goes as estimated. */
interface Proposal {
  readonly weights: Float64Array
  readonly order: Int32Array
  readonly makespanMs: number
}

class Rehearsal {
  readonly #stage: Stage
  readonly #whole: number
  readonly #budget: Budget
  readonly #forward: Player
  readonly #backward: Player
  readonly #proposals: Proposal[] = []

  constructor(stage: Stage, budget: number) {
    const { needs, dependents } = stage.graph
    this.#stage = stage
    this.#whole = budget
    this.#budget = { left: budget }
    this.#forward = new Player(stage, stage.graph, this.#budget)
    this.#backward = new Player(stage, { needs: dependents, dependents: needs }, this.#budget)
  }

  get steps(): number {
    return this.#whole - this.#budget.left
  }

  choose(weights: Float64Array): Proposal {
    const plain = this.#propose(weights)
    const { makespanMs } = plain
    const isGoodEnough = makespanMs * (1 - leastGain) <= lowerBoundMs(this.#stage)
    // Without an end the model is wrong about this run, and has nothing to say about other orders.
    if (isGoodEnough || makespanMs === Number.POSITIVE_INFINITY) return plain
    this.#justify(plain)
    const measures = measuresOf(this.#stage)
    for (const mix of mixes) if (this.#mayPropose()) this.#justify(this.#propose(mixed(measures, mix)))
    return this.#weigh(plain)
  }

  #propose(weights: Float64Array): Proposal {
    const order = orderOf(this.#stage, weights)
    const proposal = { weights, order, makespanMs: this.#forward.play(order) }
    this.#proposals.push(proposal)
    return proposal
  }

  /** Half of the budget is for weighing what was proposed. */
  #mayPropose(): boolean {
    return this.#budget.left > this.#whole / 2
  }

  /**
   * Forward-backward improvement: played from its end, with what ended last first, a schedule shows how late each
   * task could start; in the order of that it is played forward again, for as long as that helps.
   */
  #justify(first: Proposal): void {
    for (let last = first; this.#mayPropose();) {
      const makespanMs = this.#backward.play(latestFirst(this.#forward.ends))
      if (makespanMs === Number.POSITIVE_INFINITY) return
      const next = this.#propose(this.#backward.ends.slice())
      if (next.makespanMs >= last.makespanMs) return
      last = next
    }
  }

  /** The proposal that costs least over all variants, if that is clearly less than the plain one costs. */
  #weigh(plain: Proposal): Proposal {
    const rough = Array.from({ length: variants }, (_, variant) =>
      roughDurations(this.#stage.durations, variant),
    )
    let least = this.#cost(plain, rough, Number.POSITIVE_INFINITY) * (1 - leastGain)
    let best = plain
    const fit = this.#proposals.filter(({ makespanMs }) => makespanMs <= plain.makespanMs)
    for (const proposal of fit.sort((a, b) => a.makespanMs - b.makespanMs)) {
      const cost = this.#cost(proposal, rough, least)
      if (cost >= least) continue
      least = cost
      best = proposal
    }
    return best
  }

  /** The sum of its makespans, that of the estimates counting half; not less than the limit once it reaches that. */
  #cost({ order, makespanMs }: Proposal, rough: readonly Float64Array[], limit: number): number {
    let cost = makespanMs * rough.length
    for (const durations of rough) {
      if (cost >= limit) return cost
      cost += this.#forward.play(order, durations)
    }
    return cost
  }
}

/** As the machine orders tasks, with these weights. */
function orderOf(stage: Stage, weights: Float64Array): Int32Array {
  const { size, levels } = stage
  const compare = byWeight(stage, weights)
  return Int32Array.from({ length: size }, (_, task) => task).sort(
    (a, b) => levels[a]! - levels[b]! || compare(a, b),
  )
}

function latestFirst(ends: Float64Array): Int32Array {
  return Int32Array.from(ends.keys()).sort((a, b) => ends[b]! - ends[a]! || a - b)
}

function mixed(measures: Measures, mix: Readonly<Record<keyof Measures, number>>): Float64Array {
  const { path, weightedPath, load, bulk } = measures
  return path.map(
    (length, task) =>
      mix.path * length +
      mix.weightedPath * weightedPath[task]! +
      mix.load * load[task]! +
      mix.bulk * bulk[task]!,
  )
}
