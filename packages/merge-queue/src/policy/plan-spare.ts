import { cutLine } from './cut-line.ts'
import type { ForkPlan, LineView, TrialPlan } from './line-view.ts'
import { longest, tableFor } from './table-for.ts'

/** What a fork is good for must happen at least so often: a run that is hardly ever needed warms the room. */
const leastChance = 0.04

/** What may be true of a line, how much it is worth to have tested for it, and how many slots that takes. */
interface World {
  /** The entry that is bad, or `undefined` where what failed meant nothing. */
  readonly without: number | undefined
  readonly chance: number
  readonly worth: number
}

/**
 * What slots that are left over are for: each entry that may turn out bad leaves a line without it, and those behind it
 * would have to be tested anew; the likelier that is, and the more there are, the sooner they are tested that way.
 */
export function planSpare(view: LineView, chance: Float64Array, prefixes: readonly number[]): TrialPlan {
  let spare = view.slots - prefixes.length
  const worlds = worldsOf(view, chance)
  let total = worlds.reduce((sum, { worth }) => sum + worth, 0)
  const kept: number[] = []
  const forks: ForkPlan[] = []
  for (const world of worlds) {
    if (spare === 0) break
    const share = Math.max(1, Math.round((spare * world.worth) / total))
    total -= world.worth
    const chosen =
      world.without === undefined
        ? behindFailure(view, prefixes, Math.min(spare, share))
        : cutFork(view, world.without, Math.min(spare, share))
    if (world.without === undefined) kept.push(...chosen)
    else if (chosen.length > 0) forks.push({ without: world.without, prefixes: chosen })
    spare -= chosen.length
  }
  // What runs behind a failure goes on while nothing else wants its slot.
  for (const { prefix } of view.running) {
    if (spare === 0) break
    if (prefixes.includes(prefix) || kept.includes(prefix)) continue
    kept.push(prefix)
    spare--
  }
  return { prefixes: kept, forks }
}

function worldsOf(
  { good, failed, failureRates, running, retries, forks }: LineView,
  chance: Float64Array,
): readonly World[] {
  const length = failureRates.length
  const [bad] = failed
  const worlds: World[] = []
  if (bad !== undefined && bad < length) {
    const innocent = 1 - chance[bad]!
    worlds.push({ without: undefined, chance: innocent, worth: innocent * (length - bad) })
  }
  for (let x = good + 1; x < length; x++) {
    if (bad !== undefined && x > bad) break
    const blame = chance[x]! - chance[x - 1]!
    // Before anything failed a fork saves what is left of the trial that will tell; where a failure is tried again, there
    // is time enough for it then.
    const trial = running.find(({ prefix }) => prefix >= x)
    const gain = bad !== undefined ? 1 : retries > 0 || trial === undefined ? 0 : 1 - trial.elapsed
    const begun = forks.find(({ without }) => without === x)?.running[0]
    // What has been begun is nearer to its end than what would be begun instead.
    const worth = blame * Math.max(gain, begun === undefined ? 0 : begun.elapsed) * (length - x)
    if (blame * gain >= leastChance || (begun !== undefined && blame >= leastChance))
      worlds.push({ without: x, chance: blame, worth })
  }
  return worlds.sort((a, b) => b.worth - a.worth)
}

/** What is behind a failure that may have meant nothing: what runs, and the whole line. */
function behindFailure(
  { running, failed, failureRates }: LineView,
  prefixes: readonly number[],
  count: number,
): readonly number[] {
  const [bad = 0] = failed
  const behind = running.map(({ prefix }) => prefix).filter((k) => k > bad && !prefixes.includes(k))
  const all = failureRates.length
  if (!behind.includes(all) && !failed.includes(all)) behind.push(all)
  return behind.slice(0, count)
}

/** The prefixes of a line without one of its entries, cut as any line is. */
function cutFork(view: LineView, without: number, count: number): readonly number[] {
  const { failureRates, flakeRate, forks, good: landed } = view
  const fork = forks.find((each) => each.without === without)
  const length = failureRates.length
  const from = Math.max(without, fork?.good ?? 0)
  if (from >= length) return []
  const failed = fork?.failed.find((k) => k > from)
  const chance = new Float64Array(length + 1)
  let clean = 1
  for (let k = from + 1; k <= length; k++) {
    clean *= 1 - failureRates[k - 1]!
    chance[k] = 1 - clean
  }
  const kept = (fork?.running ?? [])
    .map(({ prefix }) => prefix)
    .filter((k) => k > from && (failed === undefined || k < failed))
    .slice(0, count)
  const cut = cutLine({
    from,
    chance,
    length,
    failed,
    mayRepeat: false,
    flakeRate,
    kept,
    count,
    waiting: Math.min(longest, length - Math.max(from, landed)),
    values: tableFor(view),
  })
  return [...new Set([...kept, ...cut.toReversed()])].slice(0, count)
}
