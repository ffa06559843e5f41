import { MergeStatus } from '@ws/core'
import * as z from 'zod'
import { toIsoTime } from '../platform/iso-time.ts'
import type { EntryView, QueueView, TargetView } from '../queue/entry-view.ts'
import { explainFreeze } from '../queue/explain-entry.ts'

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

const BlockedTarget = z.looseObject({
  name: z.string(),
  /** The branch does not follow what has landed: these files are in the way, in that checkout. */
  held: z.looseObject({ where: z.string(), paths: z.array(z.string()) }).optional(),
  /** Why nothing lands on it. */
  frozen: z.array(z.string()).optional(),
})

/** `merge_queue.json`: what people and other programs read. Fields of newer writers are passed over. */
export const MergeQueueFile = z
  .looseObject({
    queue: z.array(QueuedEntry),
    processing_history: z.array(ProcessedEntry),
    /** Targets with something in their way; left out where there is none. */
    targets: z.array(BlockedTarget).optional(),
  })
  .meta({ title: 'merge_queue.json' })
export type MergeQueueFile = z.output<typeof MergeQueueFile>

/** The JSON Schema of `merge_queue.json`, for editors and other languages. */
export function mergeQueueJsonSchema(): Readonly<Record<string, unknown>> {
  return z.toJSONSchema(MergeQueueFile, { io: 'input' })
}

/** The queue as the file says it: what is live, and what has ended, the newest first. */
export function toMergeQueueFile({ entries, targets }: QueueView, now: number): MergeQueueFile {
  const isLive = ({ position }: EntryView) => position !== undefined
  const blocked = targets.filter(({ held, freezes }) => held !== undefined || freezes.length > 0)
  return {
    queue: entries.filter(isLive).map((entry) => toQueued(entry, now)),
    processing_history: entries.filter((entry) => !isLive(entry)).map(toProcessed),
    ...(blocked.length === 0 ? {} : { targets: blocked.map(toBlocked) }),
  }
}

function toBlocked({ name, held, freezes }: TargetView): NonNullable<MergeQueueFile['targets']>[number] {
  return {
    name,
    ...(held === undefined ? {} : { held: { where: held.where, paths: [...held.paths] } }),
    ...(freezes.length === 0 ? {} : { frozen: freezes.map(explainFreeze) }),
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
