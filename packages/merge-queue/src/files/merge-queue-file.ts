import { MergeStatus } from '@ws/core'
import * as z from 'zod'
import { toIsoTime } from '../platform/iso-time.ts'
import type { EntryView, QueueView } from '../queue/entry-view.ts'

const Time = z.iso.datetime({ offset: true })

const QueuedEntry = z.looseObject({
  id: z.string(),
  branch: z.string(),
  target: z.string(),
  status: MergeStatus,
  /** Why it is in that state, where there is more to say. */
  reason: z.string().optional(),
  /** 0 is the most urgent. */
  priority: z.int(),
  checks_required: z.array(z.string()),
  checks_passed: z.array(z.string()).default([]),
  /** Among those that wait for the same target, 1 first. */
  position: z.int().optional(),
  /** `null` while it cannot be told. */
  eta_sec: z.number().nullish(),
  created_at: Time,
  updated_at: Time.optional(),
})

const ProcessedEntry = z.looseObject({
  id: z.string(),
  branch: z.string(),
  target: z.string().optional(),
  status: MergeStatus,
  reason: z.string().optional(),
  /** `null` for what has not landed. */
  merged_at: Time.nullable(),
  duration_sec: z.number(),
})

/** `merge_queue.json`: what people and other programs read. Fields of newer writers are passed over. */
export const MergeQueueFile = z
  .looseObject({ queue: z.array(QueuedEntry), processing_history: z.array(ProcessedEntry) })
  .meta({ title: 'merge_queue.json' })
export type MergeQueueFile = z.output<typeof MergeQueueFile>

/** The JSON Schema of `merge_queue.json`, for editors and other languages. */
export function mergeQueueJsonSchema(): Readonly<Record<string, unknown>> {
  return z.toJSONSchema(MergeQueueFile, { io: 'input' })
}

/** The queue as the file says it: what is live, and what has ended, the newest first. */
export function toMergeQueueFile({ entries }: QueueView, now: number): MergeQueueFile {
  const isLive = ({ position }: EntryView) => position !== undefined
  return {
    queue: entries.filter(isLive).map((entry) => toQueued(entry, now)),
    processing_history: entries.filter((entry) => !isLive(entry)).map(toProcessed),
  }
}

function toQueued(entry: EntryView, now: number): MergeQueueFile['queue'][number] {
  const { id, spec, state, reason, position, eta } = entry
  return {
    id,
    branch: spec.branch,
    target: spec.target,
    status: state,
    ...(reason === undefined ? {} : { reason }),
    priority: spec.level,
    checks_required: [...entry.checksRequired],
    checks_passed: [...entry.checksPassed],
    ...(position === undefined ? {} : { position }),
    eta_sec: eta === undefined ? null : seconds(Math.max(0, eta.at - now)),
    created_at: toIsoTime(entry.queuedAt),
    updated_at: toIsoTime(entry.updatedAt),
  }
}

function toProcessed({
  id,
  spec,
  state,
  reason,
  queuedAt,
  updatedAt,
}: EntryView): MergeQueueFile['processing_history'][number] {
  return {
    id,
    branch: spec.branch,
    target: spec.target,
    status: state,
    ...(reason === undefined ? {} : { reason }),
    merged_at: state === 'MERGED' ? toIsoTime(updatedAt) : null,
    duration_sec: seconds(updatedAt - queuedAt),
  }
}

function seconds(ms: number): number {
  return Math.round(ms) / 1_000
}
