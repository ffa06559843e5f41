import { RunStatus, TaskStatus, WorkstreamStatus } from '@ws/core'
import * as z from 'zod'
import { Time } from './time.ts'

const TaskResult = z.looseObject({
  id: z.string(),
  status: TaskStatus,
  attempts: z.int(),
  commit: z.string().optional(),
  /** What went wrong, in one sentence. */
  error: z.string().optional(),
})

const WorkstreamResult = z.looseObject({
  id: z.string(),
  status: WorkstreamStatus,
  startedAt: Time.nullable(),
  endedAt: Time.nullable(),
  durationMs: z.number().nullable(),
  /** Of the command or tool that failed. */
  exitCode: z.int().optional(),
  reason: z.string().optional(),
  error: z.string().optional(),
  commit: z.string().optional(),
  costUsd: z.number(),
  tasks: z.array(TaskResult),
})

/** How a run ended, or where it stands: its closing summary. */
export const RunSummary = z
  .looseObject({
    runId: z.string(),
    status: RunStatus,
    reason: z.string().optional(),
    /** Workstreams by state. */
    counts: z.record(WorkstreamStatus, z.int()),
    workstreams: z.array(WorkstreamResult),
  })
  .meta({ title: 'result of a run' })
/** How a run ended, or where it stands. */
export type RunSummary = z.output<typeof RunSummary>
