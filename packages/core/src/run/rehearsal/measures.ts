import type { Stage } from './stage.ts'

/** What may make a task urgent; each measure is 1 where it is largest. */
export interface Measures {
  /** The heaviest path from the task to the end. */
  readonly path: Float64Array
  /** The same, each task weighing as much as it takes of the resource that it takes most of. */
  readonly weightedPath: Float64Array
  /** All that the workstream keeps waiting, while it holds its claims, with itself. */
  readonly load: Float64Array
  /** The share of the resource that it takes most of: what is bulky fits in best while little is there. */
  readonly bulk: Float64Array
}

export function measuresOf(stage: Stage): Measures {
  const { size, graph, durations, streams } = stage
  const bulk = Float64Array.from({ length: size }, (_, task) => bulkOf(stage, task))
  const loads = streamLoads(stage)
  return {
    path: toOne(graph.longestPaths(durations)),
    weightedPath: toOne(graph.longestPaths(durations.map((ms, task) => ms * bulk[task]!))),
    load: toOne(Float64Array.from(streams, (stream) => loads[stream] ?? 0)),
    bulk: toOne(bulk),
  }
}

/**
 * What no schedule can beat: the longest path, the work on each resource spread over it, and what one workstream, or
 * all that claim the same for themselves, can only do one after another.
 */
export function lowerBoundMs(stage: Stage): number {
  const { size, graph, durations, uses, amounts, capacities } = stage
  const work = new Float64Array(capacities.length)
  for (let task = 0; task < size; task++) {
    for (let at = uses.offsets[task]!; at < uses.offsets[task + 1]!; at++) {
      work[uses.nodes[at]!]! += durations[task]! * amounts[at]!
    }
  }
  const bounds = [
    graph.longestPaths(durations),
    work.map((sum, resource) => sum / capacities[resource]!),
    streamWork(stage),
    claimWork(stage).map((sum, claim) => (isExclusive(stage, claim) ? sum : 0)),
  ]
  return bounds.reduce((most, each) => each.reduce((a, b) => Math.max(a, b), most), 0)
}

/** The work of all workstreams that hold each claim. */
function claimWork(stage: Stage): Float64Array {
  const { claims, rivals } = stage
  const work = new Float64Array(rivals.offsets.length - 1)
  for (const [stream, ms] of streamWork(stage).entries()) {
    for (let at = claims.offsets[stream]!; at < claims.offsets[stream + 1]!; at++)
      work[claims.nodes[at]!]! += ms
  }
  return work
}

function streamWork({ streams, streamSizes, durations }: Stage): Float64Array {
  const work = new Float64Array(streamSizes.length)
  for (const [task, stream] of streams.entries()) if (stream >= 0) work[stream]! += durations[task]!
  return work
}

/** For each workstream its own work, or where that is more, the work of all who want one of its claims. */
function streamLoads(stage: Stage): Float64Array {
  const { claims, rivals } = stage
  const work = claimWork(stage)
  return streamWork(stage).map((own, stream) => {
    let most = own
    for (let at = claims.offsets[stream]!; at < claims.offsets[stream + 1]!; at++) {
      const claim = claims.nodes[at]!
      let sum = 0
      for (let to = rivals.offsets[claim]!; to < rivals.offsets[claim + 1]!; to++)
        sum += work[rivals.nodes[to]!]!
      most = Math.max(most, sum)
    }
    return most
  })
}

/** A claim that is in its own way is held by one workstream at a time. */
function isExclusive({ rivals: { offsets, nodes } }: Stage, claim: number): boolean {
  return nodes.subarray(offsets[claim], offsets[claim + 1]).includes(claim)
}

function bulkOf({ uses, amounts, capacities }: Stage, task: number): number {
  let most = 0
  for (let at = uses.offsets[task]!; at < uses.offsets[task + 1]!; at++) {
    most = Math.max(most, amounts[at]! / capacities[uses.nodes[at]!]!)
  }
  return most
}

function toOne(values: Float64Array): Float64Array {
  const most = values.reduce((a, b) => Math.max(a, b), 0)
  return most === 0 ? values : values.map((value) => value / most)
}
