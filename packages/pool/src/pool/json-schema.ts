import type { JsonSchema } from '@ws/core'
import * as z from 'zod'
import { ClusterOptions } from '../cluster/cluster-options.ts'
import { PoolOptions } from './pool-options.ts'
import { ClusterStats, InstanceStatus } from './pool-status.ts'

/** The options of a pool, as they may be given. */
export function poolOptionsJsonSchema(): JsonSchema {
  return z.toJSONSchema(PoolOptions, { target: 'draft-2020-12', io: 'input' })
}

/** The options of a cluster, as they may be given. */
export function clusterOptionsJsonSchema(): JsonSchema {
  return z.toJSONSchema(ClusterOptions, { target: 'draft-2020-12', io: 'input' })
}

/** One row of `getStatus()`. */
export function instanceStatusJsonSchema(): JsonSchema {
  return z.toJSONSchema(InstanceStatus, { target: 'draft-2020-12' })
}

/** What `stats()` returns. */
export function clusterStatsJsonSchema(): JsonSchema {
  return z.toJSONSchema(ClusterStats, { target: 'draft-2020-12' })
}
