import { defaultBackoff, MemoryJournal, openHost, runMachine } from '@ws/core'
import type { RunSpec } from '@ws/core'
import { ManualClock, Random, SimulatedWorld } from '@ws/core/testing'
import type { Instance } from './instance.ts'

/**
 * How far our makespan is from the best one, in percent, when estimates are off: each is between half of what the task
 * takes and twice as much, mostly near it.
 */
export async function roughDistance(instance: Instance, seed: number): Promise<number> {
  const clock = new ManualClock()
  const durations = new Map(instance.tasks.map(({ id, durationMs }) => [id, durationMs]))
  const world = new SimulatedWorld({
    clock,
    attempt: ({ taskId }) => ({
      durationMs: durations.get(taskId)!,
      outcome: { kind: 'succeeded', commit: 'commit' },
    }),
  })
  const host = await openHost(runMachine(), {
    journal: new MemoryJournal(),
    clock,
    driver: world.driver(),
    snapshotEvery: 0,
  })
  const { concurrency = 3, ...limits } = instance.limits
  await host.send({ type: 'limits.set', commandId: 'limits', limits: { ...limits, slots: concurrency } })
  await host.send({ type: 'host.joined', hostId: 'here', offers: ['*'] })
  await host.send({ type: 'run.start', commandId: 'start', run: roughSpec(instance, new Random(seed)) })
  for (let next = clock.next(); next !== undefined; next = clock.next()) {
    clock.advanceTo(next)
    await host.idle()
  }
  await host.close()
  return (clock.now() / instance.bestMs - 1) * 100
}

function roughSpec({ tasks }: Instance, random: Random): RunSpec {
  const claims = new Map<string, Set<string>>()
  for (const { id, workstream = id, claims: own = [] } of tasks) {
    const all = claims.get(workstream) ?? new Set()
    for (const claim of own) all.add(typeof claim === 'string' ? claim : claim.path)
    claims.set(workstream, all)
  }
  return {
    id: 'rough',
    correlationId: 'rough',
    name: 'rough',
    user: 'bench',
    target: 'main',
    limits: {},
    requires: [],
    failurePolicy: 'dependents',
    onQuota: 'park',
    reserveUsd: 0,
    workstreams: [...claims].map(([id, paths]) => ({
      id,
      priority: 2,
      claims: [...paths].map((path) => ({ path, mode: 'exclusive' })),
      holdUntil: 'landed',
      lands: false,
    })),
    tasks: tasks.map(({ id, durationMs, needs = [], workstream = id, uses = {} }) => ({
      id,
      workstream,
      kind: 'command',
      tools: [],
      needs,
      needsLanded: [],
      isRequired: true,
      estimateMs: (durationMs * (1 + random.next())) / (1 + random.next()),
      retries: 0,
      backoff: defaultBackoff,
      uses,
      estimateKey: 'rough',
    })),
  }
}
