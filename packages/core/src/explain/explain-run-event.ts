import type { RunEvent, StateCounts } from '../run/run-event.ts'
import { explainPause, explainResume } from './explain-state.ts'
import { sayCount, sayList } from './say.ts'

type OfRunEvent = Exclude<
  Extract<RunEvent, { readonly runId: string }>,
  { readonly taskId: string } | { readonly workstreamId: string }
>

/** The sentence for what happened to a run as a whole. */
export function explainRunEvent(event: OfRunEvent): string {
  const run = `Run "${event.runId}"`
  switch (event.type) {
    case 'run.started':
      return `${run} started: ${event.run.name}, ${sayParts(event.run)}.`
    case 'run.extended':
      return `${run} was given ${sayParts(event)}.`
    case 'run.paused':
      return `${run} paused: ${explainPause(event.reason, event.waits)}.`
    case 'run.resumed':
      return `${run} resumed: ${explainResume(event.reason)}.`
    case 'run.cancelling':
      return event.because === 'asked'
        ? `${run} is being cancelled.`
        : `${run} is being stopped: a required task failed.`
    case 'run.completed':
      return `${run} completed: ${sayCounts(event.counts)}.`
    case 'run.failed':
      return `${run} failed: ${sayCounts(event.counts)}.`
    case 'run.cancelled':
      return `${run} was cancelled: ${sayCounts(event.counts)}.`
    case 'run.reopened':
      return `${run} was reopened.`
    case 'run.archived':
      return `${run} was archived.`
  }
}

function sayParts({
  workstreams,
  tasks,
}: {
  readonly workstreams: readonly unknown[]
  readonly tasks: readonly unknown[]
}): string {
  const parts = [sayCount(tasks.length, 'task')]
  if (workstreams.length > 0) parts.unshift(sayCount(workstreams.length, 'workstream'))
  return sayList(parts)
}

function sayCounts({ completed, failed, quarantined }: StateCounts): string {
  const all = completed + failed + quarantined
  const others = `${failed > 0 ? `, ${failed} failed` : ''}${quarantined > 0 ? `, ${quarantined} quarantined` : ''}`
  return `${completed} of ${sayCount(all, 'workstream')} completed${others}`
}
