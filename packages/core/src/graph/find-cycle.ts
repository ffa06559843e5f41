import type { DirectedGraph } from 'graphology'
import { compactOf } from './task-graph.ts'

/**
 * The members of a cycle, each needed by the next and the last by the first, or `undefined`. With several, the
 * one that holds the first-inserted task.
 */
export function findCycle(graph: DirectedGraph): string[] | undefined {
  return findCycles(graph)[0]
}

/**
 * One cycle for each knot of tasks that all wait for each other (a strongly connected component): to be solved,
 * each needs a change. A cycle begins with the first-inserted task of its knot and is the shortest through it.
 */
export function findCycles(graph: DirectedGraph): string[][] {
  const compact = compactOf(graph)
  return compact.cycles().map((cycle) => cycle.map((node) => compact.ids[node]!))
}
