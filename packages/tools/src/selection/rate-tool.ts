import type { ToolHealthEntry, ToolStatus } from '../health/health-snapshot.ts'
import type { SelectableTool, ToolLoad } from './choose-tool.ts'

/** A tool with what speaks for and against it. */
export interface Rated {
  readonly tool: SelectableTool
  /** Absent where nobody looked. */
  readonly status: ToolStatus | undefined
  readonly responseMs: number | undefined
  readonly queueLength: number
  readonly recentSuccess: number | undefined
}

export function rate(tool: SelectableTool, health: ToolHealthEntry | undefined, load: ToolLoad): Rated {
  return {
    tool,
    status: health?.status,
    responseMs: health?.response_time_ms ?? undefined,
    queueLength: load.queueLength ?? 0,
    recentSuccess: load.recentSuccess,
  }
}

/** Times that differ by less are the same: the next reason decides, not the noise of a probe. */
const sameTimeMs = 250

/** The better one first. Where nothing is known of a cost, it is taken for the highest. */
export function compareTools(a: Rated, b: Rated): number {
  return (
    healthRank(a) - healthRank(b) ||
    compareUp(a.tool.costHint ?? Infinity, b.tool.costHint ?? Infinity) ||
    compareUp(timeStep(a), timeStep(b)) ||
    a.queueLength - b.queueLength ||
    (b.recentSuccess ?? 1) - (a.recentSuccess ?? 1)
  )
}

function healthRank({ status }: Rated): number {
  return status === 'degraded' ? 1 : 0
}

function timeStep({ responseMs }: Rated): number {
  return responseMs === undefined ? Infinity : Math.floor(responseMs / sameTimeMs)
}

/** Also of infinities, whose difference is no number. */
function compareUp(a: number, b: number): number {
  return a === b ? 0 : a < b ? -1 : 1
}
