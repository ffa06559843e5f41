import { RunStatus } from '@ws/core'
import * as z from 'zod'
import { Time } from './time.ts'

/** Where a record stands: a workstream's state, or a run's for the master record of one. */
export const RecordStatus = z.enum([...RunStatus.options, 'QUARANTINED'])
/** Where a record stands. */
export type RecordStatus = z.output<typeof RecordStatus>

/** What a master record says of its run. Fields of newer writers are passed over. */
export const MasterMetadata = z.looseObject({
  planId: z.string().nullable(),
  userId: z.string(),
  complexity: z.unknown().optional(),
  estimatedUsd: z.number().nullable(),
  budgetUsd: z.number().nullable(),
  taskCount: z.int(),
  verification: z.looseObject({
    status: z.enum(['PASSED', 'FAILED']).nullable(),
    report: z.string().nullable(),
  }),
})
/** What a master record says of its run. */
export type MasterMetadata = z.output<typeof MasterMetadata>

/** What a child record says of its workstream. */
export const ChildMetadata = z.looseObject({
  runId: z.string(),
  workstreamId: z.string(),
  /** Where it is one task; `tasks` names all. */
  taskId: z.string().nullable(),
  tasks: z.array(z.string()),
  tool: z.string().nullable(),
  role: z.enum(['work', 'plan', 'verify']).nullable(),
  owner: z.string().nullable(),
  estimatedUsd: z.number().nullable(),
  branch: z.string().nullable(),
  worktree: z.string().nullable(),
  /** `null` until it has ended. */
  completion: z.looseObject({ tokens: z.int(), costUsd: z.number(), durationMs: z.number() }).nullable(),
})
/** What a child record says of its workstream. */
export type ChildMetadata = z.output<typeof ChildMetadata>

/** An entry of the workstream registry: the master record of a run, one of its workstreams, or one made by hand. */
export const WorkstreamRecord = z
  .looseObject({
    id: z.string(),
    name: z.string(),
    status: RecordStatus,
    createdAt: Time,
    /** `null` until the first change. */
    updatedAt: Time.nullable(),
    metadata: z.record(z.string(), z.unknown()),
    correlationId: z.string(),
    parentId: z.string().optional(),
  })
  .meta({ title: 'workstream record' })
/** An entry of the workstream registry. */
export type WorkstreamRecord = z.output<typeof WorkstreamRecord>
