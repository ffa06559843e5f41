import * as z from 'zod'
import type { WorkstreamRecord } from './workstream-record.ts'

/** Under which name the metadata of a plan, or of a workstream in it, says whose work it does. */
export const registeredKey = 'registered'

/** What the record of a workstream says that somebody made for later. */
export const RegisteredMetadata = z.looseObject({
  /** What people call it; of those that are active only one has this name. */
  slug: z.string(),
  /** The plan that does it, as people write one. */
  plan: z.looseObject({}),
  /** Whether the plan is a run of its own; if not, its one workstream joins those that are started with it. */
  isWhole: z.boolean(),
  /** The run that does it, or did. */
  runId: z.string().optional(),
  /** Why it ended as it did. */
  reason: z.string().optional(),
})
/** What the record of a workstream says that somebody made for later. */
export type RegisteredMetadata = z.output<typeof RegisteredMetadata>

/** A workstream that somebody made for later: waiting to be started, in a run, or at its end. */
export interface RegisteredWorkstream extends RegisteredMetadata {
  readonly id: string
  readonly status: WorkstreamRecord['status']
  readonly createdAt: string
  /** Until it is completed, failed or discarded. */
  readonly isActive: boolean
}

const active: ReadonlySet<WorkstreamRecord['status']> = new Set([
  'PENDING',
  'RUNNING',
  'PAUSED',
  'QUARANTINED',
])

/** The workstream that a record is about; nothing for a record of another kind. */
export function registeredOf({
  id,
  status,
  createdAt,
  metadata,
}: WorkstreamRecord): RegisteredWorkstream | undefined {
  const { data } = RegisteredMetadata.safeParse(metadata)
  return data === undefined ? undefined : { ...data, id, status, createdAt, isActive: active.has(status) }
}
