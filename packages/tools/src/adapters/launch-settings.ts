import { WsError } from '@ws/core'
import * as z from 'zod'
import type { LaunchRequest } from '../adapter/tool-adapter.ts'

/** What an entry of the registry can say about the start of a tool, whichever it is. */
export const LaunchSettings = z
  .object({
    /** Programs to try, in place of the tool's own. */
    commands: z.array(z.string().min(1)).min(1).optional(),
    args: z.array(z.string()).default([]),
    env: z.record(z.string(), z.string()).default({}),
    passEnv: z.array(z.string()).default([]),
    /** The address of the model's service, where it is not the tool's own. */
    baseUrl: z.url().optional(),
    /** The name of the provider, for tools that know several. */
    provider: z.string().min(1).optional(),
    /** The variable of the environment that holds the key for it. */
    keyEnv: z.string().min(1).optional(),
  })
  .loose()
export type LaunchSettings = z.output<typeof LaunchSettings>

/** The settings of a request. @throws `WS_TOOL_SETTINGS` */
export function launchSettings(tool: string, { settings = {} }: LaunchRequest): LaunchSettings {
  const parsed = LaunchSettings.safeParse(settings)
  if (parsed.success) return parsed.data
  const issues = parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`)
  throw new WsError('WS_TOOL_SETTINGS', `the settings of "${tool}" cannot be used: ${issues.join('; ')}`, {
    details: { tool, issues },
    hint: 'mend the entry of the tool in tools.yaml',
  })
}
