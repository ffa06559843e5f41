import type { CompactGraph } from './compact-graph.ts'

/**
 * Answers, for any two nodes of an acyclic graph, whether one comes before the other however the graph is run.
 *
 * One depth-first walk labels each node; a search is needed only where the labels leave it open:
 *
 *   finished  rank in the order of leaving: whatever a node reaches was left before it
 *   subtree   the first rank of its subtree: ranks from there to its own are reached, for certain
 *   lowest    the lowest rank that it reaches: what was left earlier is not reached, for certain
 */
export class Precedence {
  readonly #graph: CompactGraph
  readonly #finished: Int32Array
  readonly #subtree: Int32Array
  readonly #lowest: Int32Array
  /** The number of the search that saw the node last: saves clearing an array for each search. */
  readonly #seen: Int32Array
  #search = 0

  /** @throws `WS_GRAPH_CYCLE` */
  constructor(graph: CompactGraph) {
    graph.topologicalOrder()
    this.#graph = graph
    this.#finished = new Int32Array(graph.size).fill(-1)
    this.#subtree = new Int32Array(graph.size)
    this.#lowest = new Int32Array(graph.size)
    this.#seen = new Int32Array(graph.size)
    this.#label()
  }

  /** Whether `b` needs `a`, directly or through others. A node does not precede itself. */
  precedes(a: number, b: number): boolean {
    if (a === b) return false
    const known = this.#known(a, b)
    if (known !== undefined) return known
    const { offsets, nodes } = this.#graph.dependents
    const search = ++this.#search
    const open = [a]
    for (let node = open.pop(); node !== undefined; node = open.pop()) {
      for (let at = offsets[node]!; at < offsets[node + 1]!; at++) {
        const next = nodes[at]!
        if (this.#seen[next] === search) continue
        this.#seen[next] = search
        const reaches = this.#known(next, b)
        if (reaches === true) return true
        if (reaches === undefined) open.push(next)
      }
    }
    return false
  }

  /** Whether `a` is, or reaches, `b`, where the labels tell. */
  #known(a: number, b: number): boolean | undefined {
    const rank = this.#finished[b]!
    if (rank > this.#finished[a]! || rank < this.#lowest[a]!) return false
    return rank >= this.#subtree[a]! ? true : undefined
  }

  #label(): void {
    const { offsets, nodes } = this.#graph.dependents
    const next = offsets.slice(0, this.#graph.size)
    const path: number[] = []
    let rank = 0
    const enter = (node: number): void => {
      this.#subtree[node] = this.#lowest[node] = rank
      path.push(node)
    }
    for (const start of this.#graph.topologicalOrder()) {
      if (this.#finished[start] === -1) enter(start)
      while (path.length > 0) {
        const node = path[path.length - 1]!
        if (next[node]! < offsets[node + 1]!) {
          const target = nodes[next[node]!++]!
          if (this.#finished[target] === -1) enter(target)
          else this.#lowest[node] = Math.min(this.#lowest[node]!, this.#lowest[target]!)
          continue
        }
        path.pop()
        this.#finished[node] = rank++
        const parent = path[path.length - 1]
        if (parent !== undefined) this.#lowest[parent] = Math.min(this.#lowest[parent]!, this.#lowest[node]!)
      }
    }
  }
}
