import { DirectedGraph } from 'graphology'
import { WsError } from '../errors/ws-error.ts'
import { CompactGraph } from './compact-graph.ts'

/** What a graph is built from. A task may carry more: the graph keeps the object itself. */
export interface GraphTask {
  readonly id: string
  /** Ids of the tasks that must have succeeded before. */
  readonly needs?: readonly string[]
  /** How long it is expected to take; what `durationOf` reads where it is not given. */
  readonly durationMs?: number
}

/** Tasks by id, with an edge from what is needed to what needs it. */
export type TaskGraph<T = GraphTask> = DirectedGraph<{ task: T }>

/** Something that keeps tasks from being a graph; `index` is the task's position in the list. */
export type GraphProblem =
  | { readonly code: 'WS_GRAPH_DUPLICATE_ID'; readonly index: number; readonly task: string }
  | { readonly code: 'WS_GRAPH_SELF_NEED'; readonly index: number; readonly task: string }
  | {
      readonly code: 'WS_GRAPH_UNKNOWN_NEED'
      readonly index: number
      readonly task: string
      readonly need: string
    }

/**
 * The graph of the tasks: nodes in the order of the list, each with its task as attribute. Cycles are left to
 * `findCycles`, since a graph that has one can still be shown.
 *
 * @throws `WS_GRAPH_INVALID` with every `GraphProblem` in `details.problems`.
 * @example
 * const graph = buildGraph([{ id: 'lib' }, { id: 'app', needs: ['lib'] }])
 * topologicalOrder(graph) // ['lib', 'app']
 */
export function buildGraph<T extends GraphTask>(tasks: readonly T[]): TaskGraph<T> {
  const compact = compactTasks(tasks)
  const graph: TaskGraph<T> = new DirectedGraph({ allowSelfLoops: false })
  for (const task of tasks) graph.addNode(task.id, { task })
  for (const { id, needs } of tasks) for (const need of new Set(needs)) graph.addDirectedEdge(need, id)
  remember(graph, compact)
  return graph
}

/** All that keeps the tasks from being a graph, in the order of the list; cycles are `findCycles`'s. */
export function findGraphProblems(tasks: readonly GraphTask[]): GraphProblem[] {
  const problems: GraphProblem[] = []
  const ids = new Set(tasks.map(({ id }) => id))
  const seen = new Set<string>()
  for (const [index, { id: task, needs }] of tasks.entries()) {
    if (seen.has(task)) problems.push({ code: 'WS_GRAPH_DUPLICATE_ID', index, task })
    seen.add(task)
    for (const need of new Set(needs)) {
      if (need === task) problems.push({ code: 'WS_GRAPH_SELF_NEED', index, task })
      else if (!ids.has(need)) problems.push({ code: 'WS_GRAPH_UNKNOWN_NEED', index, task, need })
    }
  }
  return problems
}

/**
 * The tasks as typed arrays, without a graphology graph in between.
 * @throws `WS_GRAPH_INVALID` with every `GraphProblem` in `details.problems`.
 */
export function compactTasks(tasks: readonly GraphTask[]): CompactGraph {
  const problems = findGraphProblems(tasks)
  if (problems.length > 0) throw invalid(problems)
  const ids = tasks.map(({ id }) => id)
  const positions = new Map(ids.map((id, position) => [id, position]))
  const needs = tasks.map((task) => Array.from(new Set(task.needs), (need) => positions.get(need)!))
  return CompactGraph.fromNeeds(needs, ids)
}

const known = new WeakMap<DirectedGraph, CompactGraph>()
const watched = new WeakSet<DirectedGraph>()

/** The graph as typed arrays: made once, and made anew when nodes or edges have changed since. */
export function compactOf(graph: DirectedGraph): CompactGraph {
  let compact = known.get(graph)
  if (compact === undefined) {
    compact = convert(graph)
    remember(graph, compact)
  }
  return compact
}

function remember(graph: DirectedGraph, compact: CompactGraph): void {
  known.set(graph, compact)
  if (watched.has(graph)) return
  watched.add(graph)
  const forget = (): void => void known.delete(graph)
  graph.on('nodeAdded', forget).on('nodeDropped', forget).on('edgeAdded', forget).on('edgeDropped', forget)
  graph.on('cleared', forget).on('edgesCleared', forget)
}

function convert(graph: DirectedGraph): CompactGraph {
  const ids = graph.nodes()
  const positions = new Map(ids.map((id, position) => [id, position]))
  const from = new Int32Array(graph.directedSize)
  const to = new Int32Array(graph.directedSize)
  let edge = 0
  graph.forEachDirectedEdge((_key, _attributes, source, target) => {
    from[edge] = positions.get(source)!
    to[edge++] = positions.get(target)!
  })
  return new CompactGraph(ids, from, to)
}

function invalid(problems: readonly GraphProblem[]): WsError {
  const [first, ...others] = problems.map(describe)
  const message =
    others.length === 0 ? first! : `${problems.length} problems: ${[first, ...others].join('; ')}`
  return new WsError('WS_GRAPH_INVALID', message, {
    details: { problems },
    hint: 'every id occurs once, and every need names another task of the list',
  })
}

function describe(problem: GraphProblem): string {
  switch (problem.code) {
    case 'WS_GRAPH_DUPLICATE_ID':
      return `task "${problem.task}" occurs twice`
    case 'WS_GRAPH_SELF_NEED':
      return `task "${problem.task}" needs itself`
    case 'WS_GRAPH_UNKNOWN_NEED':
      return `task "${problem.task}" needs "${problem.need}", which no task is called`
  }
}
