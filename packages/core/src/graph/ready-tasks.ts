import type { DirectedGraph } from 'graphology'
import { WsError } from '../errors/ws-error.ts'
import type { CompactGraph } from './compact-graph.ts'
import { compactOf } from './task-graph.ts'

/** How far the work has come; ids that the graph does not have are ignored. */
export interface Progress {
  readonly done: Iterable<string>
  /** Tasks that were started already, and so are not ready any more. @default none */
  readonly running?: Iterable<string>
}

/**
 * The tasks that could start now, in the order of insertion: not done, not running, and all that they need done.
 * It looks at every edge; who asks after each of many tasks uses a `ReadySet`.
 */
export function readyTasks(graph: DirectedGraph, { done, running = [] }: Progress): string[] {
  const compact = compactOf(graph)
  const { offsets, nodes } = compact.needs
  const isDone = new Set(done)
  const isRunning = new Set(running)
  return compact.ids.filter((id, node) => {
    if (isDone.has(id) || isRunning.has(id)) return false
    for (let at = offsets[node]!; at < offsets[node + 1]!; at++) {
      if (!isDone.has(compact.ids[nodes[at]!]!)) return false
    }
    return true
  })
}

/**
 * Tells which tasks become ready as others are done, by counting: each edge is looked at once over the whole run.
 * It sees the graph as it was when the set was made.
 *
 * @example
 * const ready = new ReadySet(graph)
 * for (const id of ready.initial) queue.put(id, 0)
 * await dispatch(queue, async (id) => {
 *   await build(id)
 *   for (const next of ready.finish(id)) queue.put(next, 0)
 * }, { workers: 3 })
 */
export class ReadySet {
  /** The tasks that need nothing, in the order of insertion. */
  readonly initial: readonly string[]
  readonly #graph: CompactGraph
  readonly #positions: ReadonlyMap<string, number>
  /** How many needs are open; -1 once the task itself is done. */
  readonly #waiting: Int32Array

  constructor(graph: DirectedGraph) {
    const compact = compactOf(graph)
    const { offsets } = compact.needs
    this.#graph = compact
    this.#positions = new Map(compact.ids.map((id, node) => [id, node]))
    this.#waiting = Int32Array.from(compact.ids, (_, node) => offsets[node + 1]! - offsets[node]!)
    this.initial = compact.ids.filter((_, node) => this.#waiting[node] === 0)
  }

  /**
   * Marks the task as done; returns those that waited only for it, in the order of insertion.
   * @throws `WS_GRAPH_NOT_READY` for a task that is unknown, done already, or needs what is not done.
   */
  finish(id: string): string[] {
    const node = this.#positions.get(id)
    if (node === undefined || this.#waiting[node] !== 0) throw this.#notReady(id, node)
    this.#waiting[node] = -1
    const { offsets, nodes } = this.#graph.dependents
    const freed: number[] = []
    for (let at = offsets[node]!; at < offsets[node + 1]!; at++) {
      const dependent = nodes[at]!
      if (--this.#waiting[dependent]! === 0) freed.push(dependent)
    }
    return freed.sort((a, b) => a - b).map((dependent) => this.#graph.ids[dependent]!)
  }

  #notReady(id: string, node: number | undefined): WsError {
    const open = node === undefined ? undefined : this.#waiting[node]!
    const state =
      open === undefined
        ? 'is not in the graph'
        : open < 0
          ? 'is done already'
          : `still waits for ${open} of its needs`
    return new WsError('WS_GRAPH_NOT_READY', `task "${id}" ${state}, so it cannot be done now`, {
      details: { task: id, ...(open === undefined ? {} : { waitingFor: Math.max(open, 0) }) },
      hint: 'finish each task once, after all that it needs',
    })
  }
}
