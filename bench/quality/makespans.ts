import { ManualClock, simulate } from '@ws/core/testing'
import { PGraph } from 'p-graph'
import type { Instance } from './instance.ts'

/** How far our makespan is from the best one, in percent. */
export async function ourDistance(
  { tasks, limits, bestMs }: Instance,
  estimates: 'exact' | 'none',
): Promise<number> {
  const { makespanMs } = await simulate({ tasks, limits, estimates })
  return (makespanMs / bestMs - 1) * 100
}

/** The same of p-graph, which knows neither claims nor resources: for graphs that have none. */
export async function pGraphDistance({ tasks, limits, bestMs }: Instance): Promise<number> {
  const clock = new ManualClock()
  const durations = new Map(tasks.map(({ id, durationMs }) => [id, durationMs]))
  const nodes = new Map(tasks.map(({ id, durationMs }) => [id, { priority: durationMs }]))
  const edges = tasks.flatMap(({ id, needs = [] }) => needs.map((need): [string, string] => [need, id]))
  let isDone = false
  const run = (id: string) =>
    new Promise<void>((resolve) => void clock.wakeAt(clock.now() + durations.get(id)!, resolve))
  const end = new PGraph(nodes, edges)
    .run({ concurrency: limits['concurrency'] ?? 1, run })
    .then(() => (isDone = true))
  while (!isDone) {
    // Whatever an end makes it start has been started by then.
    await new Promise(setImmediate)
    const next = clock.next()
    if (next !== undefined) clock.advanceTo(next)
  }
  await end
  return (clock.now() / bestMs - 1) * 100
}

/** The instance without what p-graph does not know. */
export function bare({ name, tasks, limits, bestMs }: Instance): Instance {
  return {
    name,
    tasks: tasks.map(({ id, durationMs, needs = [] }) => ({ id, durationMs, needs, claims: [] })),
    limits: { concurrency: limits['concurrency'] ?? 1 },
    bestMs,
  }
}
