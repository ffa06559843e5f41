import type { Adjacency, CompactGraph } from '../../graph/compact-graph.ts'

/**
 * What a rehearsal knows of a run, as arrays: tasks are numbers from 0 up, those of the plan first, in its order. A
 * *gate* is a number behind them that stands for the end of a workstream that others wait for: it takes no time, no
 * resource and no workstream.
 */
export interface Stage {
  readonly size: number
  readonly graph: CompactGraph
  readonly durations: Float64Array
  /** What the machine looks at before the weight of a task, lower first, and after it, higher first. */
  readonly levels: Float64Array
  readonly contention: Float64Array
  /** The workstream of each task, -1 for a gate: a workstream does one task at a time. */
  readonly streams: Int32Array
  /** How many tasks each workstream has. */
  readonly streamSizes: Int32Array
  /** What each workstream holds from its first task to the end of its last: numbers of distinct claims. */
  readonly claims: Adjacency
  /** For each distinct claim, those that cannot be held beside it, mostly itself. */
  readonly rivals: Adjacency
  /** For each task the limited resources that it takes, and beside each the amount. The first resource is the slots. */
  readonly uses: Adjacency
  readonly amounts: Float64Array
  readonly capacities: Float64Array
}

/** The machine's order among tasks of one level: the heavier first, then the more contended, then the plan's. */
export function byWeight({ contention }: Stage, weights: Float64Array): (a: number, b: number) => number {
  return (a, b) => weights[b]! - weights[a]! || contention[b]! - contention[a]! || a - b
}
