import { RunStatus, WorkstreamStatus } from '@ws/core'
import * as z from 'zod'
import { Time } from './time.ts'

/** How many tasks of a workstream stand where; what is ready counts as pending. */
const TaskCounts = z.looseObject({
  status: WorkstreamStatus,
  pending: z.int(),
  running: z.int(),
  succeeded: z.int(),
  failed: z.int(),
  quarantined: z.int(),
  skipped: z.int(),
})

/** `run_status.json`: where a run stands. */
export const RunStatusFile = z
  .looseObject({
    run_id: z.string(),
    status: RunStatus,
    correlation_id: z.string().optional(),
    /** Why it is paused, or what it waits for. */
    reason: z.string().optional(),
    updated_at: Time.optional(),
    workstreams: z.record(z.string(), TaskCounts),
  })
  .meta({ title: 'run_status.json' })
/** `run_status.json`. */
export type RunStatusFile = z.output<typeof RunStatusFile>
