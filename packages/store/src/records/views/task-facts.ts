import { explainBreach, explainFailure, explainSkip } from '@ws/core'
import type { AttemptFacts, RunFacts, TaskFacts, WorkstreamFacts } from '../fold/records-state.ts'

/** Every workstream's tasks at once: asking for each would walk all tasks as often. */
export function tasksByWorkstream(run: RunFacts): ReadonlyMap<string, readonly TaskFacts[]> {
  return Map.groupBy(run.tasks.values(), ({ spec }) => spec.workstream)
}

/** What it has cost, as far as is known; what still runs counts with what was metered. */
export function costOf(tasks: Iterable<TaskFacts>): number {
  return sum(tasks, ({ settledUsd, usage }) => settledUsd ?? usage.costUsd)
}

export function tokensOf(tasks: Iterable<TaskFacts>): number {
  return Math.round(sum(tasks, ({ usage }) => usage.tokens))
}

/** How long its attempts went on, one after the other. */
export function workedMs(tasks: Iterable<TaskFacts>, until: number): number {
  return sum(tasks, ({ startedAt, endedAt }) => (endedAt ?? until) - startedAt)
}

function sum(tasks: Iterable<TaskFacts>, of: (attempt: AttemptFacts) => number): number {
  let total = 0
  for (const { attempts } of tasks) for (const attempt of attempts) total += of(attempt)
  // Sums of fractions of a cent show their last bits.
  return Math.round(total * 1_000_000) / 1_000_000
}

/** Who did it last, else who would be asked first. */
export function toolOf({ spec, attempts }: TaskFacts): string | undefined {
  return attempts.at(-1)?.tool ?? spec.tools[0]?.tool
}

/** What went wrong, in one sentence. */
export function errorOf({ status, problem }: TaskFacts): string | undefined {
  if (problem === undefined || status === 'SUCCEEDED') return undefined
  if (problem.kind === 'failure') return explainFailure(problem.failure)
  return problem.kind === 'breach' ? explainBreach(problem.breach) : explainSkip(problem.because)
}

/** The branch of a workstream's round. */
export function branchOf(
  run: RunFacts,
  { id, spec, round, branch: told }: WorkstreamFacts,
): string | undefined {
  if (told !== undefined) return told
  if (!spec.lands) return undefined
  const branch = spec.work?.branch ?? `lane/${run.id}/${id}`
  return round === 1 ? branch : `${branch}-${round}`
}

/** How much of the work is done, from 0 to 1, by what it was estimated to take. */
export function doneShare(run: RunFacts, tasks: readonly TaskFacts[]): number {
  let [all, done] = [0, 0]
  for (const { id, status } of tasks) {
    const weight = Math.max(1, run.estimates[id]?.ms ?? 1)
    all += weight
    if (status === 'SUCCEEDED') done += weight
  }
  return all === 0 ? 1 : done / all
}

export function minutes(ms: number): number {
  return Math.round((ms / 60_000) * 1_000) / 1_000
}

export function percent(share: number): number {
  return Math.round(share * 1_000) / 10
}
