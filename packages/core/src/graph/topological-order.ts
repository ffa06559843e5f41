import type { DirectedGraph } from 'graphology'
import { compactOf } from './task-graph.ts'

/**
 * The ids, each after all that it needs. Stable: among those that could come next, always the first inserted, so
 * that tasks which are in order already stay so.
 * @throws `WS_GRAPH_CYCLE` with the members of every cycle in `details.cycles`.
 */
export function topologicalOrder(graph: DirectedGraph): string[] {
  const compact = compactOf(graph)
  return Array.from(compact.topologicalOrder(), (node) => compact.ids[node]!)
}

/**
 * The ids in groups: the first needs nothing, each later one only what is in the groups before it, and every task
 * is in the earliest that it can be in. In the order of insertion within a group.
 * @throws `WS_GRAPH_CYCLE` with the members of every cycle in `details.cycles`.
 */
export function executionGroups(graph: DirectedGraph): string[][] {
  const compact = compactOf(graph)
  const groups: string[][] = []
  for (const [node, level] of compact.levels().entries()) {
    while (groups.length <= level) groups.push([])
    groups[level]!.push(compact.ids[node]!)
  }
  return groups
}
