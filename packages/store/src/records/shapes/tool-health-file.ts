import * as z from 'zod'
import { Time } from './time.ts'

const Health = z.looseObject({
  /** `unknown`: offered by a host, not yet used or looked at. */
  status: z.enum(['healthy', 'degraded', 'unhealthy', 'missing', 'unknown']),
  version: z.string().nullable(),
  last_check: Time.nullable(),
  response_time_ms: z.number().nullable(),
  warning: z.string().optional(),
})

/** `tool_health.json`: what is known of each tool. */
export const ToolHealthFile = z.record(z.string(), Health).meta({ title: 'tool_health.json' })
/** `tool_health.json`. */
export type ToolHealthFile = z.output<typeof ToolHealthFile>
