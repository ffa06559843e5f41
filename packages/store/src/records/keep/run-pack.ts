import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { promisify } from 'node:util'
import { gunzip, gzip } from 'node:zlib'
import { WsError } from '@ws/core'
import * as z from 'zod'
import { initialRecords, type QueueFacts, type RunFacts } from '../fold/records-state.ts'
import { takeEvent } from '../fold/take-event.ts'
import { runOfEntry } from '../fold/take-queue-event.ts'
import { writeAtomically } from '../files/write-atomically.ts'
import { type LoggedEvent, runEventOf } from '../logged-event.ts'

const Event = z.object({
  seq: z.int(),
  at: z.number(),
  stream: z.string(),
  event: z.looseObject({ type: z.string() }),
})

const Pack = z.object({
  format: z.literal(1),
  runId: z.string(),
  sha256: z.string(),
  /** As JSON in a text, of which the check sum is. */
  events: z.string(),
})

/** A finished run outside the log: everything that was said of it, enough to make each view of it again. */
export interface RunPack {
  readonly runId: string
  readonly events: readonly LoggedEvent[]
}

/** Of all events, in order, those that have a part in what is told of the run. */
function eventsOfRun(runId: string, events: readonly LoggedEvent[]): LoggedEvent[] {
  const named = new Set<string>()
  return events.filter((logged) => {
    const event = runEventOf(logged)
    if (event === undefined) return logged.stream === 'queue' && isOfEntries(runId, logged, named)
    if ('runId' in event) return event.runId === runId && event.type !== 'run.archived'
    if (event.type === 'budget.changed') return event.scope === `run/${runId}`
    return event.type === 'limits.changed'
  })
}

/** An event of the queue names entries; the end of a check or a landing names only what had named them. */
function isOfEntries(runId: string, { event }: LoggedEvent, named: Set<string>): boolean {
  const { checkRunId, landId } = QueueName.parse(event)
  const isNamed = [checkRunId, landId].some((name) => name !== undefined && named.has(name))
  if (!isNamed && !JSON.stringify(event).includes(`"land/${runId}/`)) return false
  for (const name of [checkRunId, landId]) if (name !== undefined) named.add(name)
  return true
}

const QueueName = z.object({ checkRunId: z.string().optional(), landId: z.string().optional() })

/** Writes a pack; the same events give the same bytes. */
export async function writePack(path: string, { runId, events }: RunPack): Promise<void> {
  const kept = eventsOfRun(runId, events)
  const json = JSON.stringify(kept)
  const pack = { format: 1, runId, sha256: sha256(json), events: json }
  await writeAtomically(path, await promisify(gzip)(JSON.stringify(pack)))
}

/**
 * Reads a pack.
 * @throws `WS_PACK_UNREADABLE` where it is none, or not as it was written
 */
export async function readPack(path: string): Promise<RunPack> {
  try {
    const text = (await promisify(gunzip)(await readFile(path))).toString('utf8')
    const { runId, events, sha256: expected } = Pack.parse(JSON.parse(text))
    if (sha256(events) !== expected) throw new Error('its check sum does not fit')
    return { runId, events: z.array(Event).parse(JSON.parse(events)) }
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause)
    throw new WsError('WS_PACK_UNREADABLE', `${path} is no pack of a run: ${why}`, {
      cause,
      details: { path },
    })
  }
}

/** What a pack tells of its run, and of what it landed. */
export function unpack({ runId, events }: RunPack): {
  readonly run: RunFacts | undefined
  readonly queue: QueueFacts
} {
  const state = initialRecords()
  for (const event of events) takeEvent(state, event)
  for (const id of [...state.queue.entries.keys()])
    if (runOfEntry(id) !== runId) state.queue.entries.delete(id)
  return { run: state.runs.get(runId), queue: state.queue }
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}
