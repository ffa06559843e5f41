import { compactOf } from './task-graph.ts'
import type { GraphTask, TaskGraph } from './task-graph.ts'
import { durationsMs, ownDuration } from './durations.ts'
import type { DurationOf } from './durations.ts'

/** The heaviest chain of tasks. */
export interface CriticalPath {
  /** Each is needed by the next; the first needs nothing, nothing needs the last. Empty for an empty graph. */
  readonly path: readonly string[]
  readonly durationMs: number
}

/** What a path is measured by. */
export interface CriticalPathOptions<T> {
  /** @default the task's own `durationMs`, or 0 */
  readonly durationOf?: DurationOf<T>
}

/**
 * The chain of tasks that takes longest: no schedule ends sooner. Of equally heavy chains, the one whose tasks
 * were inserted first, from the start on.
 * @throws `WS_GRAPH_CYCLE`, `WS_GRAPH_DURATION`
 */
export function criticalPath<T extends GraphTask>(
  graph: TaskGraph<T>,
  options: CriticalPathOptions<T> = {},
): CriticalPath {
  const lengths = lengthsOf(graph, options)
  const { ids, needs, dependents } = compactOf(graph)
  const sources = [...ids.keys()].filter((node) => needs.offsets[node] === needs.offsets[node + 1])
  const path: string[] = []
  let node = heaviest(sources, lengths)
  const durationMs = node === undefined ? 0 : lengths[node]!
  while (node !== undefined) {
    path.push(ids[node]!)
    node = heaviest(
      dependents.nodes.subarray(dependents.offsets[node], dependents.offsets[node + 1]),
      lengths,
    )
  }
  return { path, durationMs }
}

/**
 * For each task its own duration plus the heaviest path below it. Whoever starts the largest first keeps close to
 * the shortest schedule, so this is a good priority (negated, where the lowest comes first).
 * @throws `WS_GRAPH_CYCLE`, `WS_GRAPH_DURATION`
 */
export function criticalPathLengths<T extends GraphTask>(
  graph: TaskGraph<T>,
  options: CriticalPathOptions<T> = {},
): Map<string, number> {
  const lengths = lengthsOf(graph, options)
  const byId = new Map<string, number>()
  for (const [node, id] of compactOf(graph).ids.entries()) byId.set(id, lengths[node]!)
  return byId
}

function lengthsOf<T extends GraphTask>(graph: TaskGraph<T>, options: CriticalPathOptions<T>): Float64Array {
  const compact = compactOf(graph)
  const tasks = graph.mapNodes((_id, { task }) => task)
  return compact.longestPaths(durationsMs(compact.ids, tasks, options.durationOf ?? ownDuration))
}

function heaviest(nodes: Iterable<number>, lengths: Float64Array): number | undefined {
  let best: number | undefined
  for (const node of nodes) {
    const isBetter = best === undefined || lengths[node]! > lengths[best]!
    if (isBetter || (lengths[node] === lengths[best!] && node < best!)) best = node
  }
  return best
}
