import { simulateQueue } from '@ws/merge-queue'
import type { Cell, Policy } from './grid.ts'
import { checkMs, policies } from './grid.ts'

/** How one policy does in one cell, over all seeds. Times are in check runs. */
export interface PolicyFigures {
  readonly p95: number
  readonly mean: number
  /** Entries in the queue in the third and the last quarter of the arrivals. */
  readonly third: number
  readonly last: number
  readonly wronged: number
  readonly runs: number
}

/** What was found in one cell. */
export interface CellFigures {
  readonly cell: Cell
  readonly figures: Readonly<Record<Policy, PolicyFigures>>
  /** How good the waits were that the adaptive queue foretold. */
  readonly held: number
  readonly errors: readonly number[]
}

/** Lives the same arrivals, with the same check runs, under every policy. */
export async function measureCell(
  cell: Cell,
  { seeds, entries }: { readonly seeds: number; readonly entries: number },
): Promise<CellFigures> {
  const figures: Partial<Record<Policy, PolicyFigures>> = {}
  let held = 0
  const errors: number[] = []
  for (const policy of policies) {
    const turnarounds: number[] = []
    let [third, last, wronged, runs] = [0, 0, 0, 0]
    for (let seed = 1; seed <= seeds; seed++) {
      const simulation = await simulateQueue({
        arrivals: { count: entries, perHour: (cell.load * 3_600_000) / checkMs.mean },
        checkMs,
        failureRate: cell.failureRate,
        flakeRate: cell.flakeRate,
        // Where no check is flaky, nobody has one tried again.
        retries: cell.flakeRate > 0 ? 1 : 0,
        slots: cell.slots,
        policy,
        seed,
      })
      turnarounds.push(...simulation.turnaroundsMs)
      third += simulation.waiting.third / seeds
      last += simulation.waiting.last / seeds
      wronged += simulation.wronged
      runs += simulation.runs
      if (policy !== 'adaptive') continue
      held += simulation.estimates.held / seeds
      errors.push(...simulation.estimates.errors)
    }
    turnarounds.sort((a, b) => a - b)
    const p95 = turnarounds[Math.floor(turnarounds.length * 0.95)]! / checkMs.mean
    const mean = turnarounds.reduce((sum, ms) => sum + ms, 0) / turnarounds.length / checkMs.mean
    figures[policy] = { p95, mean, third, last, wronged, runs }
  }
  return { cell, figures: figures as Record<Policy, PolicyFigures>, held, errors }
}
