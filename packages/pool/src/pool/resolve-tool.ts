import { nearestName, WsError } from '@ws/core'
import { builtInAdapter, builtInAdapters, toolAdapter, type ToolAdapter } from '@ws/tools'

/** The adapter of a built-in tool's name, in any spelling. @throws `WS_TOOL_UNKNOWN` with the nearest name. */
export function resolveTool(tool: string | ToolAdapter): ToolAdapter {
  if (typeof tool !== 'string') return tool
  const spec = builtInAdapter(tool)
  if (spec !== undefined) return toolAdapter(spec)
  const names = builtInAdapters.map((each) => each.tool)
  const nearest = nearestName(tool, names)
  throw new WsError('WS_TOOL_UNKNOWN', `there is no tool "${tool}"; there are ${names.join(', ')}`, {
    details: { tool, nearest: nearest ?? null },
    hint: nearest === undefined ? 'give an adapter instead of a name' : `did you mean "${nearest}"?`,
  })
}
