import type { Adjacency } from './compact-graph.ts'

/**
 * One cycle for each strongly connected component, ordered by their lowest nodes. Each begins with the lowest
 * node of its component and is as short as a cycle through that node can be.
 */
export function cyclesOf(edges: Adjacency): number[][] {
  const component = componentsOf(edges)
  const size = component.length
  const members = new Int32Array(size)
  for (const root of component) members[root]!++
  const seen = new Uint8Array(size)
  const cycles: number[][] = []
  for (let node = 0; node < size; node++) {
    const root = component[node]!
    if (seen[root] === 1) continue
    seen[root] = 1
    if (members[root]! > 1 || hasLoop(edges, node)) cycles.push(shortestCycle(edges, component, node))
  }
  return cycles
}

/** For each node the name (some member) of its component: Tarjan's algorithm with its own stack. */
function componentsOf({ offsets, nodes }: Adjacency): Int32Array {
  const size = offsets.length - 1
  const component = new Int32Array(size).fill(-1)
  const entered = new Int32Array(size)
  const lowest = new Int32Array(size)
  const next = offsets.slice(0, size)
  const path: number[] = []
  const open: number[] = []
  let clock = 0
  const enter = (node: number): void => {
    entered[node] = lowest[node] = ++clock
    path.push(node)
    open.push(node)
  }
  const close = (root: number): void => {
    for (let node = open.pop(); node !== undefined; node = open.pop()) {
      component[node] = root
      if (node === root) return
    }
  }
  for (let start = 0; start < size; start++) {
    if (entered[start] === 0) enter(start)
    while (path.length > 0) {
      const node = path[path.length - 1]!
      if (next[node]! < offsets[node + 1]!) {
        const target = nodes[next[node]!++]!
        if (entered[target] === 0) enter(target)
        else if (component[target] === -1) lowest[node] = Math.min(lowest[node]!, entered[target]!)
        continue
      }
      path.pop()
      if (lowest[node] === entered[node]) close(node)
      const parent = path[path.length - 1]
      if (parent !== undefined) lowest[parent] = Math.min(lowest[parent]!, lowest[node]!)
    }
  }
  return component
}

function hasLoop({ offsets, nodes }: Adjacency, node: number): boolean {
  return nodes.subarray(offsets[node], offsets[node + 1]).includes(node)
}

/** Breadth first from the node, within its component, until an edge comes back to it. */
function shortestCycle({ offsets, nodes }: Adjacency, component: Int32Array, start: number): number[] {
  const cameFrom = new Map<number, number>([[start, start]])
  const line = [start]
  for (const node of line) {
    for (let at = offsets[node]!; at < offsets[node + 1]!; at++) {
      const target = nodes[at]!
      if (target === start) return trace(cameFrom, start, node)
      if (component[target] !== component[start] || cameFrom.has(target)) continue
      cameFrom.set(target, node)
      line.push(target)
    }
  }
  return [start]
}

function trace(cameFrom: ReadonlyMap<number, number>, start: number, end: number): number[] {
  const cycle: number[] = []
  for (let node = end; node !== start; node = cameFrom.get(node)!) cycle.push(node)
  cycle.push(start)
  return cycle.reverse()
}
