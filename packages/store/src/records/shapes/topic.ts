import * as z from 'zod'
import { Time } from './time.ts'

const status = z.enum(['pending', 'running', 'completed', 'failed', 'quarantined', 'skipped'])
/** Older clients number their workstreams. */
const workstreamId = z.union([z.string(), z.int()])
const timestamp = Time

/** One message on the bus of existing clients. */
export const Topic = z
  .discriminatedUnion('type', [
    z.looseObject({
      type: z.literal('task.status'),
      workflow_id: z.string(),
      node_id: z.string(),
      workstream_id: workstreamId,
      status,
      progress: z.number().min(0).max(1),
      cost_used: z.number().optional(),
      timestamp,
    }),
    z.looseObject({
      type: z.literal('phase.progress'),
      workflow_id: z.string(),
      phase: z.string(),
      node_id: z.string().optional(),
      pct: z.number().min(0).max(100),
      nodes_complete: z.int().optional(),
      nodes_total: z.int().optional(),
      timestamp,
    }),
    z.looseObject({
      type: z.literal('node.update'),
      node_id: z.string(),
      workstream_id: workstreamId,
      status,
      duration_sec: z.number(),
      tokens_used: z.int(),
      cost_usd: z.number(),
      files_modified: z.array(z.string()),
      timestamp,
    }),
    z.looseObject({ type: z.literal('node.error'), node_id: z.string(), error: z.string(), timestamp }),
    z.looseObject({
      type: z.literal('cost.update'),
      workflow_id: z.string(),
      cost_used: z.number(),
      cost_budget: z.number().nullable(),
      remaining_pct: z.number().nullable(),
      timestamp,
    }),
    z.looseObject({ type: z.literal('merge.success'), branch: z.string(), timestamp }),
    z.looseObject({ type: z.literal('merge.conflict'), branch: z.string(), error: z.string(), timestamp }),
  ])
  .meta({ title: 'bus topic' })
/** One message on the bus of existing clients. */
export type Topic = z.output<typeof Topic>
