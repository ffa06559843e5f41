import { Plan, type PlanInput, resolveRun, type RunEvent, type RunSpec } from '@ws/core'
import { Records } from '../../src/records/index.ts'
import { began } from './lived-log.ts'

/** Tells a run's events, each with the minute at which it happened. */
export function told(run: RunSpec, story: readonly (readonly [minute: number, event: RunEvent])[]): Records {
  const records = new Records()
  const estimates = Object.fromEntries(run.tasks.map(({ id }) => [id, { ms: 60_000, usd: 0 }]))
  const begin = { type: 'run.started', runId: run.id, run, estimates } as const
  for (const [n, [minute, event]] of [[0, begin] as const, ...story].entries())
    records.take({ seq: n + 1, at: began + minute * 60_000, stream: 'run', event })
  return records
}

export function planned(workstreams: PlanInput['workstreams'], more: Partial<PlanInput> = {}): RunSpec {
  return resolveRun(Plan.parse({ version: 1, ...more, workstreams }), { runId: 'r', user: 'ada' })
}

export const usage = { costUsd: 0, tokens: 0, durationMs: 0 }

export function attempt(taskId: string, from: number, to: number): (readonly [number, RunEvent])[] {
  const of = { runId: 'r', taskId, attempt: 1 }
  return [
    [from, { type: 'task.started', ...of, hostId: 'here', reservedUsd: 0 }],
    [to, { type: 'task.succeeded', ...of, usage }],
  ]
}

export function inTime(story: (readonly [number, RunEvent])[]): (readonly [number, RunEvent])[] {
  return story.sort(([a], [b]) => a - b)
}

export const done = {
  type: 'run.completed',
  runId: 'r',
  counts: { completed: 1, failed: 0, quarantined: 0 },
} as const
