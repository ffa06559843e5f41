import type { Adjacency } from './compact-graph.ts'

/**
 * The nodes, each after all that it needs, always the lowest that is possible next: a list that is in order
 * already stays as it is. Nodes in a cycle, or behind one, are left out.
 */
export function stableOrder(needs: Adjacency, dependents: Adjacency): Int32Array {
  const size = needs.offsets.length - 1
  if (isOrdered(needs, size)) return Int32Array.from({ length: size }, (_, node) => node)
  const order = new Int32Array(size)
  const waiting = new Int32Array(size)
  const ready = new NodeHeap(size)
  for (let node = 0; node < size; node++) {
    waiting[node] = needs.offsets[node + 1]! - needs.offsets[node]!
    if (waiting[node] === 0) ready.put(node)
  }
  let placed = 0
  while (ready.size > 0) {
    const node = ready.take()
    order[placed++] = node
    for (let at = dependents.offsets[node]!; at < dependents.offsets[node + 1]!; at++) {
      const dependent = dependents.nodes[at]!
      if (--waiting[dependent]! === 0) ready.put(dependent)
    }
  }
  return order.subarray(0, placed)
}

function isOrdered({ offsets, nodes }: Adjacency, size: number): boolean {
  for (let node = 0; node < size; node++) {
    for (let at = offsets[node]!; at < offsets[node + 1]!; at++) if (nodes[at]! >= node) return false
  }
  return true
}

/** The lowest node first. Unlike `Heap` it holds numbers in place, and cannot move what it holds. */
class NodeHeap {
  size = 0
  readonly #nodes: Int32Array

  constructor(capacity: number) {
    this.#nodes = new Int32Array(capacity)
  }

  put(node: number): void {
    const nodes = this.#nodes
    let at = this.size++
    while (at > 0) {
      const parent = (at - 1) >> 1
      if (nodes[parent]! < node) break
      nodes[at] = nodes[parent]!
      at = parent
    }
    nodes[at] = node
  }

  /** Only while `size` is not 0. */
  take(): number {
    const nodes = this.#nodes
    const top = nodes[0]!
    const node = nodes[--this.size]!
    let at = 0
    for (;;) {
      let child = 2 * at + 1
      if (child >= this.size) break
      if (child + 1 < this.size && nodes[child + 1]! < nodes[child]!) child++
      if (node < nodes[child]!) break
      nodes[at] = nodes[child]!
      at = child
    }
    nodes[at] = node
    return top
  }
}
