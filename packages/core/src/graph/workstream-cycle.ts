import { CompactGraph } from './compact-graph.ts'

/** Workstreams that wait for each other, and the needs that make them. */
export interface WorkstreamCycle {
  /** Each is needed by the next, the last by the first. */
  readonly workstreams: readonly string[]
  /** `edges[i]` leads from a task of `workstreams[i]` to the one of the next that needs it: where to split. */
  readonly edges: readonly { readonly from: string; readonly to: string }[]
}

/** What `findWorkstreamCycle` reads of a task. */
export interface WorkstreamTask {
  readonly id: string
  readonly workstream: string
  readonly needs?: readonly string[]
}

/**
 * A cycle of workstreams, or `undefined`: one where each has a task that needs a task of another. The tasks may
 * be free of cycles and the workstreams still not, and such workstreams cannot land one after another. Of several
 * needs between two workstreams, the first of the list is named; needs of unknown tasks do not count.
 */
export function findWorkstreamCycle(tasks: readonly WorkstreamTask[]): WorkstreamCycle | undefined {
  const positions = new Map<string, number>()
  const workstreamOf = new Map<string, number>()
  for (const { id, workstream } of tasks) {
    let position = positions.get(workstream)
    if (position === undefined) positions.set(workstream, (position = positions.size))
    workstreamOf.set(id, position)
  }
  const needs: number[][] = Array.from(positions, () => [])
  const witnesses = new Map<string, { from: string; to: string }>()
  for (const { id: to, workstream, needs: froms = [] } of tasks) {
    const target = positions.get(workstream)!
    for (const from of froms) {
      const source = workstreamOf.get(from)
      const key = `${source}:${target}`
      if (source === undefined || source === target || witnesses.has(key)) continue
      witnesses.set(key, { from, to })
      needs[target]!.push(source)
    }
  }
  const graph = CompactGraph.fromNeeds(needs, [...positions.keys()])
  const cycle = graph.cycles()[0]
  if (cycle === undefined) return undefined
  return {
    workstreams: cycle.map((workstream) => graph.ids[workstream]!),
    edges: cycle.map((source, step) => witnesses.get(`${source}:${cycle[(step + 1) % cycle.length]!}`)!),
  }
}
