import * as z from 'zod'

/** How well a tool is, as far as a probe can see. */
export const ToolStatus = z.enum(['healthy', 'degraded', 'unhealthy', 'missing'])
export type ToolStatus = z.output<typeof ToolStatus>

/** What was found out about a tool. Fields of newer writers are left out. */
export const ToolHealthEntry = z
  .object({
    status: ToolStatus,
    /** `null` where it was not said. */
    version: z.string().nullable(),
    last_check: z.iso.datetime(),
    /** `null` where there was no answer. */
    response_time_ms: z.number().nonnegative().nullable(),
    warning: z.string().optional(),
  })
  .meta({ title: 'tool health' })
export type ToolHealthEntry = z.output<typeof ToolHealthEntry>

/** `tool_health.json`: what was found out about each tool, by its name. */
export const HealthSnapshot = z.record(z.string(), ToolHealthEntry).meta({ title: 'tool health by name' })
export type HealthSnapshot = z.output<typeof HealthSnapshot>

/** The JSON Schema of `tool_health.json`. */
export function healthJsonSchema(): Readonly<Record<string, unknown>> {
  return z.toJSONSchema(HealthSnapshot, { target: 'draft-2020-12', io: 'input' })
}
