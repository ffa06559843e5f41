import { toIsoTime } from '../../platform/iso-time.ts'
import type { RecordsState, ToolFacts } from '../fold/records-state.ts'
import type { ToolHealthFile } from '../shapes/tool-health-file.ts'

/** What is known of each tool, as `tool_health.json` says it. */
export function toolHealthOf({ tools }: RecordsState): ToolHealthFile {
  const names = [...tools.keys()].sort()
  return Object.fromEntries(names.map((name) => [name, healthOf(tools.get(name))]))
}

function healthOf(tool: ToolFacts | undefined): ToolHealthFile[string] {
  const warnings = [
    ...(tool?.detail === undefined ? [] : [tool.detail]),
    ...(tool?.throttledTo === undefined ? [] : [`used ${tool.throttledTo} at a time after a rate limit`]),
  ]
  return {
    status: tool?.health ?? 'unknown',
    version: tool?.version ?? null,
    last_check: tool?.checkedAt === undefined ? null : toIsoTime(tool.checkedAt),
    response_time_ms: tool?.responseMs ?? null,
    ...(warnings.length === 0 ? {} : { warning: warnings.join('; ') }),
  }
}
