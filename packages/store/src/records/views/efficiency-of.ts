import { buildGraph, criticalPath, type DemandingTask, lowerBound } from '@ws/core'
import { type EntryFacts, type RecordsState, type RunFacts } from '../fold/records-state.ts'
import { runOfEntry } from '../fold/take-queue-event.ts'
import type { ParallelEfficiency } from '../shapes/report-file.ts'
import { minutes, percent, tasksByWorkstream, workedMs } from './task-facts.ts'

/** A task with the time that its attempts really took. */
interface TimedTask extends DemandingTask {
  readonly workstreamId: string
  readonly durationMs: number
}

/** Where more than this share of the time is lost, it is said where. */
const worthSaying = 0.05

/** How many tasks of a chain are named. */
const namedAtMost = 6

/** How well a run made use of what it could run side by side; up to `until` where it goes on. */
export function efficiencyOf(run: RunFacts, state: RecordsState, until: number): ParallelEfficiency {
  const tasks = timedTasks(run, until)
  const end = run.endedAt ?? until
  const pausedMs = run.pausedMs + (run.pausedSince === undefined ? 0 : end - run.pausedSince)
  const actualMs = Math.max(0, end - run.startedAt - pausedMs)
  const sequentialMs = workedMs(run.tasks.values(), until)
  const checkMs = lastCheckMs(run, state)
  const bound = boundOf(run, tasks)
  const boundMs = bound.ms + checkMs
  const share = actualMs === 0 ? undefined : Math.min(1, boundMs / actualMs)
  const lost =
    share === undefined || share >= 1 - worthSaying ? '' : `; ${lossOf(run, actualMs, end, checkMs)}`
  return {
    sequential_time_estimate_min: minutes(sequentialMs + checkMs),
    actual_parallel_time_min: minutes(actualMs),
    lower_bound_min: minutes(boundMs),
    efficiency_pct: share === undefined ? null : percent(share),
    note: `${limitOf(run, tasks, bound.because)}${lost}`,
  }
}

function timedTasks(run: RunFacts, until: number): TimedTask[] {
  const tasks = tasksByWorkstream(run)
  return [...run.tasks.values()].map((task) => {
    const { needs, needsLanded, kind, uses } = task.spec
    const landed = needsLanded.flatMap((id) => tasks.get(id)?.map((each) => each.id) ?? [])
    return {
      id: task.id,
      workstreamId: task.spec.workstream,
      needs: [...new Set([...needs, ...landed])].filter((need) => run.tasks.has(need)),
      durationMs: workedMs([task], until),
      // Whoever waits for a person takes no slot.
      uses: kind === 'person' ? uses : { ...uses, slots: 1 },
    }
  })
}

interface Bound {
  readonly ms: number
  readonly because: string
}

function boundOf(run: RunFacts, tasks: readonly TimedTask[]): Bound {
  if (tasks.length === 0) return { ms: 0, because: 'nothing' }
  const capacities: Record<string, number> = { slots: run.slots }
  for (const [resource, capacity] of Object.entries(run.spec.limits)) {
    const most = tasks.reduce((top, { uses }) => Math.max(top, uses?.[resource] ?? 0), 0)
    if (resource !== 'slots' && most > 0 && most <= capacity) capacities[resource] = capacity
  }
  // Slots are one of the resources, so the bound for all work over all slots is among those.
  const bound = lowerBound(tasks, { concurrency: tasks.length, capacities })
  const inTurn = longestWorkstream(tasks)
  return inTurn.ms > bound.ms ? inTurn : bound
}

const turn = 'workstream '

/** Tasks of a workstream run one at a time. */
function longestWorkstream(tasks: readonly TimedTask[]): Bound {
  const sums = new Map<string, number>()
  for (const { workstreamId, durationMs } of tasks)
    sums.set(workstreamId, (sums.get(workstreamId) ?? 0) + durationMs)
  const [id, ms] = [...sums].reduce((a, b) => (b[1] > a[1] ? b : a))
  return { ms, because: `${turn}${id}` }
}

function limitOf(run: RunFacts, tasks: readonly TimedTask[], because: string): string {
  if (because === 'nothing') return 'there was nothing to do'
  if (because === 'slots') return `limited by ${run.slots} slots for all the work`
  if (because === 'critical-path' || because === 'work') {
    const { path } = criticalPath(buildGraph(tasks))
    const named = path.length > namedAtMost ? [...path.slice(0, namedAtMost), '…'] : path
    return `limited by the longest chain of tasks: ${named.join(' → ')}`
  }
  if (because.startsWith(turn))
    return `limited by workstream "${because.slice(turn.length)}", whose tasks run one after the other`
  return `limited by the resource "${because}"`
}

/** Where the rest of the time went: the largest of what the log shows. */
function lossOf(run: RunFacts, actualMs: number, end: number, checkMs: number): string {
  const ends = [...run.tasks.values()].flatMap(({ attempts }) =>
    attempts.map(({ endedAt }) => endedAt ?? end),
  )
  const losses = [
    {
      ms: end - ends.reduce((a, b) => Math.max(a, b), run.startedAt) - checkMs,
      text: 'landing after the last task',
    },
    ...[...run.workstreams.values()].map(({ id, blockedMs }) => ({
      ms: blockedMs,
      text: `workstream "${id}" waiting for its claims`,
    })),
  ]
  const largest = losses.reduce((a, b) => (b.ms > a.ms ? b : a))
  return largest.ms < actualMs * worthSaying
    ? 'the rest went into starting, committing and landing'
    : `${(largest.ms / 1_000).toFixed(1)} s went into ${largest.text}`
}

/** The check of the landing that came last: no order could have done without it. */
function lastCheckMs(run: RunFacts, { queue }: RecordsState): number {
  let last: EntryFacts | undefined
  for (const entry of queue.entries.values()) {
    if (entry.status !== 'MERGED' || runOfEntry(entry.id) !== run.id) continue
    if (last === undefined || entry.updatedAt > last.updatedAt) last = entry
  }
  return last?.longestCheckMs ?? 0
}
