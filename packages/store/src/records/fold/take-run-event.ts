import type { RoundedTask, RunEvent, WorkstreamSpec } from '@ws/core'
import type { LoggedEvent } from '../logged-event.ts'
import { forgetRun } from './take-queue-event.ts'
import { planKeyOf, roadmapPlanOf } from '../views/roadmap-of.ts'
import type { RecordsState, RunFacts } from './records-state.ts'

type OfRunEvent = Exclude<
  Extract<RunEvent, { readonly runId: string }>,
  { readonly taskId: string } | { readonly workstreamId: string }
>
type Started = Extract<RunEvent, { type: 'run.started' }>

/** Slots where nothing else is said, as the run machine has it. */
const defaultSlots = 3

/** Takes what happened to a run as a whole. */
export function takeRunEvent(state: RecordsState, event: OfRunEvent, { seq, at }: LoggedEvent): void {
  if (event.type === 'run.started') {
    state.runs.set(event.runId, startRun(state, event, { seq, at }))
    return
  }
  const run = state.runs.get(event.runId)
  if (run === undefined) return
  switch (event.type) {
    case 'run.extended':
      run.spec = {
        ...run.spec,
        workstreams: [...run.spec.workstreams, ...event.workstreams],
        tasks: [...run.spec.tasks, ...event.tasks.map(({ task }) => task)],
      }
      run.estimates = { ...run.estimates, ...event.estimates }
      return addParts(run, event.workstreams, event.tasks, at)
    case 'run.paused':
      if (!run.pauses.includes(event.reason)) run.pauses = [...run.pauses, event.reason]
      run.waits = event.waits ?? run.waits
      run.status = 'PAUSED'
      run.pausedSince ??= at
      return
    case 'run.resumed':
      run.pauses = run.pauses.filter((reason) => reason !== event.reason)
      if (run.pauses.length > 0) return
      run.status = 'RUNNING'
      return endPause(run, at)
    case 'run.completed':
      return end(run, 'COMPLETED', at)
    case 'run.failed':
      return end(run, 'FAILED', at)
    case 'run.cancelled':
      return end(run, 'CANCELLED', at)
    case 'run.reopened':
      run.status = 'RUNNING'
      // What lay between its end and now was nobody's work.
      if (run.endedAt !== undefined) run.pausedMs += at - run.endedAt
      run.endedAt = undefined
      return
    case 'run.archived':
      state.roadmap.set(planKeyOf(run), roadmapPlanOf(run))
      for (const id of [run.id, ...run.spec.workstreams.map((each) => `${run.id}/${each.id}`)])
        state.notes.delete(id)
      state.runs.delete(run.id)
      forgetRun(state.queue, run.id)
      return
    case 'run.cancelling':
      return
  }
}

function startRun(
  state: RecordsState,
  { run: spec, estimates }: Started,
  { seq, at }: { readonly seq: number; readonly at: number },
): RunFacts {
  const run: RunFacts = {
    id: spec.id,
    seq,
    spec,
    startedAt: at,
    updatedAt: undefined,
    endedAt: undefined,
    status: 'RUNNING',
    pauses: [],
    waits: [],
    pausedSince: undefined,
    pausedMs: 0,
    slots: slotsOf(spec.limits, state.limits),
    budgetUsd: spec.budget?.usd,
    estimates,
    tasks: new Map(),
    workstreams: new Map(),
  }
  addParts(
    run,
    spec.workstreams,
    spec.tasks.map((task) => ({ task, round: 1 })),
    at,
  )
  return run
}

/** How many attempts of a run may go on at once. */
export function slotsOf(
  own: Readonly<Record<string, number>>,
  all: Readonly<Record<string, number>>,
): number {
  return Math.max(1, Math.min(own['slots'] ?? Number.POSITIVE_INFINITY, all['slots'] ?? defaultSlots))
}

function addParts(
  run: RunFacts,
  workstreams: readonly WorkstreamSpec[],
  tasks: readonly RoundedTask[],
  at: number,
): void {
  for (const spec of workstreams) {
    run.workstreams.set(spec.id, {
      id: spec.id,
      spec,
      createdAt: at,
      updatedAt: undefined,
      status: 'PENDING',
      stage: undefined,
      round: 1,
      startedAt: undefined,
      endedAt: undefined,
      reason: undefined,
      commit: undefined,
      branch: undefined,
      worktree: undefined,
      blockedSince: undefined,
      blockedMs: 0,
      landings: [],
    })
  }
  for (const { task: spec, round } of tasks) {
    run.tasks.set(spec.id, {
      id: spec.id,
      spec,
      status: 'PENDING',
      round,
      readyAt: undefined,
      endedAt: undefined,
      commit: undefined,
      problem: undefined,
      changed: undefined,
      left: undefined,
      attempts: [],
    })
  }
}

function end(run: RunFacts, status: RunFacts['status'], at: number): void {
  run.status = status
  run.pauses = []
  run.endedAt = at
  endPause(run, at)
}

function endPause(run: RunFacts, at: number): void {
  if (run.pausedSince !== undefined) run.pausedMs += at - run.pausedSince
  run.pausedSince = undefined
}
