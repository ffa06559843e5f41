// Building, ordering and working off a graph of no-op tasks, beside p-graph on the same graph.
// node --conditions=@ws/source --expose-gc bench/graph.ts
import {
  buildGraph,
  compactTasks,
  criticalPathLengths,
  dispatch,
  PriorityQueue,
  ReadySet,
  topologicalOrder,
} from '@ws/core'
import { PGraph } from 'p-graph'

const workers = 3
/** Enough for a median that one collection of garbage does not move. */
const rounds = 5

for (const size of [1_000, 10_000, 100_000]) {
  const tasks = makeTasks(size)
  const edges = tasks.flatMap(({ id, needs }) => needs.map((need): [string, string] => [need, id]))
  const durations = tasks.map(({ durationMs }) => durationMs)
  const graph = buildGraph(tasks)
  const asNodes = new Map(tasks.map(({ id, durationMs }) => [id, { priority: durationMs }]))

  const rows = {
    build: await medianMs(() => () => buildGraph(tasks)),
    // A copy has not been looked at yet, so this pays for the typed arrays too.
    'order, foreign graph': await medianMs(() => {
      const copy = graph.copy()
      return () => topologicalOrder(copy)
    }),
    order: await medianMs(() => () => topologicalOrder(graph)),
    'critical path': await medianMs(() => () => criticalPathLengths(graph)),
    'build, as arrays': await medianMs(() => () => compactTasks(tasks)),
    'critical path, arrays': await medianMs(() => {
      const arrays = compactTasks(tasks)
      return () => arrays.longestPaths(durations)
    }),
    'rank and dispatch': await medianMs(() => () => workOff(graph)),
    'p-graph build': await medianMs(() => () => new PGraph(asNodes, edges)),
    'p-graph run': await medianMs(() => {
      const other = new PGraph(asNodes, edges)
      return () => other.run({ concurrency: workers, run: noop })
    }),
  }
  console.log(`\n${size} tasks, ${edges.length} needs`)
  for (const [name, ms] of Object.entries(rows))
    console.log(`  ${name.padEnd(22)}${ms.toFixed(2).padStart(10)} ms`)
  const theirs = rows['p-graph build'] + rows['p-graph run']
  const run = (rows['rank and dispatch'] / theirs).toFixed(2)
  const all = ((rows.build + rows['rank and dispatch']) / theirs).toFixed(2)
  console.log(`  rank and dispatch against p-graph's build and run: ${run} ×; with our build too: ${all} ×`)
}

async function workOff(graph: ReturnType<typeof buildGraph>): Promise<void> {
  const weights = criticalPathLengths(graph)
  const ready = new ReadySet(graph)
  const queue = new PriorityQueue<string>()
  const offer = (id: string): void => queue.put(id, -weights.get(id)!)
  for (const id of ready.initial) offer(id)
  const run = async (id: string): Promise<void> => {
    await noop()
    for (const next of ready.finish(id)) offer(next)
  }
  const results = await dispatch(queue, run, { workers })
  if (results.length !== graph.order) throw new Error(`${results.length} of ${graph.order} tasks ran`)
}

function noop(): Promise<void> {
  return Promise.resolve()
}

/** `prepare` makes what is measured, anew for each round. */
async function medianMs(prepare: () => () => unknown): Promise<number> {
  const times: number[] = []
  for (let round = 0; round < rounds; round++) {
    const measured = prepare()
    globalThis.gc?.()
    const start = performance.now()
    await measured()
    times.push(performance.now() - start)
  }
  return times.sort((a, b) => a - b)[rounds >> 1]!
}

/** Each task needs about three earlier ones, most of them near; the same tasks in every run. */
function makeTasks(size: number): { id: string; needs: string[]; durationMs: number }[] {
  let seed = 1
  const random = (limit: number): number => {
    seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((seed / 2 ** 32) * limit)
  }
  return Array.from({ length: size }, (_, at) => {
    const near = Array.from({ length: Math.min(at, 3) }, () => at - 1 - random(Math.min(at, 1_000)))
    return {
      id: `task-${at}`,
      needs: [...new Set(near)].map((need) => `task-${need}`),
      durationMs: 1 + random(60_000),
    }
  })
}
