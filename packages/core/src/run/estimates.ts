import type { Usage } from './run-input.ts'
import type { RunMachineState, TaskState } from './run-state.ts'
import type { RunSpec, TaskSpec } from './run-spec.ts'
import type { Pinned } from './run-event.ts'

/** How much the newest sample counts once there are a few: recent runs tell more than old ones. */
const newestWeight = 0.3

/** Estimates for a run's tasks as known now: the plan's own, else what similar tasks took, else a guess. */
export function pinEstimates(
  state: RunMachineState,
  tasks: readonly TaskSpec[],
  { reserveUsd }: Pick<RunSpec, 'reserveUsd'>,
): Pinned['estimates'] {
  const estimates: Record<string, { ms: number; usd: number }> = {}
  for (const task of tasks) {
    const learned = state.learned.get(task.estimateKey)
    const ms = task.estimateMs ?? learned?.ms ?? 0
    // Never zero: what is admitted without money would be admitted without end.
    const usd = task.kind === 'tool' ? task.estimateUsd || learned?.usd || reserveUsd : 0
    // In whole millionths, as money is booked.
    estimates[task.id] = { ms, usd: Math.round(usd * 1_000_000) / 1_000_000 }
  }
  return estimates
}

/** Takes what a successful attempt used into the estimate of tasks like it; running ones keep theirs. */
export function learn(state: RunMachineState, task: TaskState, usage: Usage): void {
  const key = task.spec.estimateKey
  const before = state.learned.get(key)
  if (before === undefined) {
    state.learned.set(key, { ms: usage.durationMs, usd: usage.costUsd, samples: 1 })
    return
  }
  const weight = Math.max(newestWeight, 1 / (before.samples + 1))
  state.learned.set(key, {
    ms: before.ms + weight * (usage.durationMs - before.ms),
    usd: before.usd + weight * (usage.costUsd - before.usd),
    samples: before.samples + 1,
  })
}
