import type { LineView } from '../../src/policy/line-view.ts'

/** A line of equal entries of which nothing is known but what is said. */
export function lineOf(length: number, facts: Partial<LineView> & { readonly rate?: number } = {}): LineView {
  const { rate = 0.05, ...view } = facts
  return {
    failureRates: Array.from({ length }, () => rate),
    flakeRate: 0,
    good: 0,
    failed: [],
    failures: view.failed === undefined || view.failed.length === 0 ? 0 : 1,
    running: [],
    retries: 0,
    slots: 4,
    forks: [],
    ...view,
  }
}

/** Prefixes that have run for half of their time. */
export function halfway(...prefixes: readonly number[]): LineView['running'] {
  return prefixes.map((prefix) => ({ prefix, elapsed: 0.5 }))
}
