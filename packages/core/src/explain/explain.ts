import type { RunEvent } from '../run/run-event.ts'
import { explainRunEvent } from './explain-run-event.ts'
import { explainTaskEvent } from './explain-task-event.ts'
import { explainWorkstreamEvent } from './explain-workstream-event.ts'
import { explainWorldEvent } from './explain-world-event.ts'

/**
 * The human sentence for an event: the one that terminal, dashboard, log and report show. It names tasks and
 * workstreams without their run; who shows several runs at once puts the event's `runId` before it.
 */
export function explain(event: RunEvent): string {
  if ('taskId' in event) return explainTaskEvent(event)
  if ('workstreamId' in event) return explainWorkstreamEvent(event)
  if ('runId' in event) return explainRunEvent(event)
  return explainWorldEvent(event)
}
