import * as z from 'zod'

/** Where a task stands. The last four are terminal. */
export const TaskStatus = z.enum([
  'PENDING',
  'READY',
  'RUNNING',
  'SUCCEEDED',
  'FAILED',
  'QUARANTINED',
  'SKIPPED',
])
export type TaskStatus = z.output<typeof TaskStatus>

/** Where a workstream stands; it follows from its tasks and its landing. */
export const WorkstreamStatus = z.enum(['PENDING', 'RUNNING', 'COMPLETED', 'FAILED', 'QUARANTINED'])
export type WorkstreamStatus = z.output<typeof WorkstreamStatus>

/** Where a run stands. */
export const RunStatus = z.enum(['PENDING', 'RUNNING', 'PAUSED', 'COMPLETED', 'FAILED', 'CANCELLED'])
export type RunStatus = z.output<typeof RunStatus>

/** Where an entry of the merge queue stands. */
export const MergeStatus = z.enum([
  'QUEUED',
  'CHECKING',
  'MERGING',
  'MERGED',
  'CONFLICTED',
  'FAILED',
  'CANCELLED',
])
export type MergeStatus = z.output<typeof MergeStatus>
