import { explain, type RunEvent } from '@ws/core'
import { plainText } from './plain-text.ts'

/** Steps on the way that say nothing which another event does not. */
const quiet = new Set<RunEvent['type']>([
  'claim.granted',
  'claim.released',
  'command.answered',
  'host.joined',
  'host.left',
  'landing.requested',
  'limits.changed',
  'task.executed',
  'task.finishing',
  'task.interrupted',
  'task.metered',
  'task.ready',
  'workstream.started',
])

/** The line for an event, or nothing where a person does not need one. */
export function eventLine(event: RunEvent, { namesRun }: { readonly namesRun: boolean }): string | undefined {
  if (quiet.has(event.type)) return undefined
  const run = namesRun && 'runId' in event ? `${event.runId}: ` : ''
  const said = explain(event).replaceAll(/\b([0-9a-f]{12})[0-9a-f]{28}\b/g, '$1')
  // The process that works on a run goes by the name of that run, which tells nobody anything.
  const own = 'hostId' in event && 'runId' in event && event.hostId === `run/${event.runId}`
  return plainText(run + (own ? said.replace(` on host "${event.hostId}"`, '') : said))
}
