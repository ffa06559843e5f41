import { MergeStatus } from '@ws/core'
import * as z from 'zod'
import { Time } from './time.ts'

const QueuedEntry = z.looseObject({
  id: z.string(),
  branch: z.string(),
  target: z.string(),
  status: MergeStatus,
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

/** `merge_queue.json`: what waits to land, and what became of the rest, the newest first. */
export const MergeQueueFile = z
  .looseObject({ queue: z.array(QueuedEntry), processing_history: z.array(ProcessedEntry) })
  .meta({ title: 'merge_queue.json' })
/** `merge_queue.json`. */
export type MergeQueueFile = z.output<typeof MergeQueueFile>
