import { explain } from '@ws/core'
import { toIsoTime } from '../../platform/iso-time.ts'
import { type LoggedEvent, runEventOf } from '../logged-event.ts'

/** A line of `logs/orchestrator.log`. */
export interface LogLine {
  readonly seq: number
  readonly text: string
}

/** An event as its human sentence, with its number and time; the run before it where it is of one. */
export function logLine(logged: LoggedEvent): LogLine {
  const { seq, at } = logged
  // One line, with nothing in it that a terminal obeys: details come from tools.
  const text = sentenceOf(logged).replaceAll(/[\s\p{Cc}\u202A-\u202E\u2066-\u2069]+/gu, ' ')
  return { seq, text: `${seq} ${toIsoTime(at)} ${text}` }
}

function sentenceOf(logged: LoggedEvent): string {
  const event = runEventOf(logged)
  if (event !== undefined) return 'runId' in event ? `${event.runId}: ${explain(event)}` : explain(event)
  return `${logged.stream}: ${plainSentence(logged)}`
}

/** What is worth naming in a sentence; a log of commits and keys nobody reads. */
const named = ['entryId', 'check', 'target', 'id', 'name', 'commandId']

/** What other machines say is not known here by heart: the type in words, and whom it names. */
function plainSentence({ event }: LoggedEvent): string {
  const names = Object.entries(event).flatMap(([key, value]) =>
    named.includes(key) && typeof value === 'string' ? [`${key} ${value}`] : [],
  )
  return `${event.type.replaceAll('.', ' ')}${names.length === 0 ? '' : ` (${names.join(', ')})`}.`
}
