import * as z from 'zod'
import { PoolOptions, type PoolPorts } from '../pool/pool-options.ts'

/** The settings of a cluster, as JSON. */
export const ClusterOptions = PoolOptions.extend({
  count: z.int().min(1).max(1_000).default(3).describe('How many instances.'),
  routing: z
    .enum(['round-robin', 'least-busy', 'sticky'])
    .default('round-robin')
    .describe('Which instance gets a prompt. sticky: the one that its session points at.'),
  restart: z
    .enum(['auto', 'manual'])
    .default('auto')
    .describe('auto: what crashed is started again; manual: by restartInstance.'),
})
/** Settings of a cluster. */
export type ClusterOptions = z.infer<typeof ClusterOptions>

/** Settings of a cluster as they may be given. */
export type ClusterOptionsInput = z.input<typeof ClusterOptions> & PoolPorts
