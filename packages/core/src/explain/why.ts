import { openBases } from '../run/bases.ts'
import { findBlocker } from '../run/claim-order.ts'
import type { RunMachineState, TaskState, WorkstreamState } from '../run/run-state.ts'
import { isClosed } from '../run/run-state.ts'
import type { Waiting } from './waiting.ts'
import { whyKept, whyNotChosen, whyUnfunded } from './why-limits.ts'

/**
 * Why a task is waiting, everything that is in its way at `now`; nothing for one that runs, has ended, or is
 * not known. A task that succeeded waits as long as its workstream does not land.
 */
export function why(state: RunMachineState, runId: string, taskId: string, now: number): readonly Waiting[] {
  const task = state.runs.get(runId)?.tasks.get(taskId)
  switch (task?.phase.state) {
    case 'PENDING':
      return [...whyPending(task)]
    case 'READY':
      return whyReady(state, task, now)
    case 'RUNNING':
      return task.spec.kind === 'person' ? [{ for: 'person' }] : []
    case 'SUCCEEDED':
      return [...whyNotLanded(state, task.workstream)]
    case 'FAILED':
    case 'QUARANTINED':
    case 'SKIPPED':
    case undefined:
      return []
  }
}

function* whyPending({ phase, round, spec, run, workstream }: TaskState): Generator<Waiting> {
  if (phase.state === 'PENDING' && phase.retryAt !== undefined) yield { for: 'retry', at: phase.retryAt }
  if (round > workstream.round) yield { for: 'round', round }
  for (const taskId of spec.needs) {
    const { state } = run.tasks.get(taskId)!.phase
    if (state !== 'SUCCEEDED') yield { for: 'task', taskId, state }
  }
  for (const id of spec.needsLanded) {
    const need = run.workstreams.get(id)!
    const { state } = need.phase
    if (state !== 'COMPLETED') yield { for: 'landing', workstream: need.key, state }
  }
}

function whyReady(state: RunMachineState, task: TaskState, now: number): readonly Waiting[] {
  const inTheWay = [
    ...whyHeldBack(state, task),
    ...whyNotChosen(state, task),
    ...whyUnfunded(state, task, now),
  ]
  return inTheWay.length > 0 ? inTheWay : [...whyKept(state, task)]
}

function* whyHeldBack(state: RunMachineState, task: TaskState): Generator<Waiting> {
  const { run, workstream } = task
  for (const pause of ['user', 'budget', 'disk'] as const) {
    if (run.pauses.has(pause)) yield { for: 'resume', pause }
  }
  if (workstream.strandedBy !== undefined) yield { for: 'base', workstream: workstream.strandedBy }
  const busy = workstream.tasks.find(({ phase }) => phase.state === 'RUNNING')
  if (busy !== undefined) yield { for: 'workstream', taskId: busy.id }
  if (!workstream.isStarted) {
    yield* whyTooManyLand(state, workstream)
    yield* whyBlocked(state, workstream)
  }
}

/** Found anew rather than remembered: a task parked behind another of equal claims was never asked about. */
function* whyBlocked(state: RunMachineState, workstream: WorkstreamState): Generator<Waiting> {
  const blocker = findBlocker(state, workstream)
  if (blocker === undefined) return
  const { holder, path, why: reason } = blocker
  if (reason === 'held') yield { for: 'claim', holder, path }
  else if (reason === 'barrier') yield { for: 'barrier', waiter: holder, path }
  else yield { for: 'order', workstream: holder }
}

function* whyTooManyLand(state: RunMachineState, { run, spec }: WorkstreamState): Generator<Waiting> {
  if (!spec.lands) return
  const own = [...run.landing].map(({ key }) => key)
  const all = [...state.runs.values()].flatMap(({ landing }) => [...landing]).map(({ key }) => key)
  for (const [bound, limit, landing] of [
    ['repository', state.limits['landing'], all],
    ['run', run.spec.limits['landing'], own],
  ] as const) {
    if (limit !== undefined && landing.length >= limit) yield { for: 'landings', bound, limit, landing }
  }
}

function* whyNotLanded(state: RunMachineState, workstream: WorkstreamState): Generator<Waiting> {
  const { key, phase, strandedBy } = workstream
  if (isClosed(workstream) || workstream.unfinished > 0) return
  if (strandedBy !== undefined) yield { for: 'base', workstream: strandedBy }
  if (!workstream.isStarted) yield* whyBlocked(state, workstream)
  if (phase.state !== 'RUNNING' || phase.stage !== 'landing') return
  if (phase.landing.isHeld) yield { for: 'approval', workstream: key }
  for (const base of openBases(workstream))
    yield { for: 'landing', workstream: base.key, state: base.phase.state }
  yield { for: 'queue', workstream: key }
}
