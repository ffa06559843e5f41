import type { RunEvent } from '@ws/core'
import { type LoggedEvent, runEventOf } from '../logged-event.ts'
import { followRegistered } from './follow-registered.ts'
import type { RecordsState } from './records-state.ts'
import { takeQueueEvent } from './take-queue-event.ts'
import { takeRegistryEvent } from './take-registry-event.ts'
import { takeRunEvent } from './take-run-event.ts'
import { takeTaskEvent } from './take-task-event.ts'
import { takeToolEvent } from './take-tool-event.ts'
import { takeWorkEvent, workStream } from './take-work-event.ts'
import { takeWorkstreamEvent } from './take-workstream-event.ts'

/** Takes what the log tells next. What was taken before is passed over, so that telling twice is telling once. */
export function takeEvent(state: RecordsState, logged: LoggedEvent): void {
  if (logged.seq <= state.seq) return
  state.seq = logged.seq
  // Streams of one log are written side by side: time may be told a little out of order.
  state.at = Math.max(state.at, logged.at)
  const event = runEventOf(logged)
  if (event !== undefined) return takeOwn(state, event, logged)
  if (logged.stream === 'queue') takeQueueEvent(state.queue, logged)
  if (logged.stream === 'registry') takeRegistryEvent(state, logged)
  if (logged.stream === workStream) takeWorkEvent(state, logged)
}

function takeOwn(state: RecordsState, event: RunEvent, logged: LoggedEvent): void {
  if (!('runId' in event)) return takeToolEvent(state, event, logged.at)
  takeOfRun(state, event, logged)
  const run = state.runs.get(event.runId)
  if (run !== undefined) followRegistered(state, run, event, logged.at)
}

function takeOfRun(
  state: RecordsState,
  event: Extract<RunEvent, { readonly runId: string }>,
  logged: LoggedEvent,
): void {
  if (event.type === 'run.started' || event.type === 'run.archived') return takeRunEvent(state, event, logged)
  const run = state.runs.get(event.runId)
  if (run === undefined) return
  run.seq = logged.seq
  run.updatedAt = logged.at
  if ('taskId' in event) return takeTaskEvent(state, run, event, logged)
  if ('workstreamId' in event) return takeWorkstreamEvent(run, event, logged.at)
  return takeRunEvent(state, event, logged)
}
