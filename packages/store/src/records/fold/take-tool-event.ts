import type { RunEvent } from '@ws/core'
import type { RecordsState, ToolFacts } from './records-state.ts'
import { unknownTool } from './records-state.ts'
import { slotsOf } from './take-run-event.ts'

type WorldEvent = Exclude<RunEvent, { readonly runId: string }>

const offered = 'tool/'

/** Takes what happened to tools, limits and budgets: to no run alone. */
export function takeToolEvent(state: RecordsState, event: WorldEvent, at: number): void {
  switch (event.type) {
    case 'tool.degraded': {
      const { health, detail } = event
      return change(state, event.tool, { health, detail, checkedAt: at })
    }
    case 'tool.recovered':
      return change(state, event.tool, { health: 'healthy', detail: undefined, checkedAt: at })
    case 'tool.throttled':
      return change(state, event.tool, { throttledTo: event.limit })
    case 'tool.relaxed':
      return change(state, event.tool, { throttledTo: event.limit })
    case 'host.joined':
      for (const offer of event.offers)
        if (offer.startsWith(offered)) change(state, offer.slice(offered.length), {})
      return
    case 'limits.changed':
      state.limits = event.limits
      for (const run of state.runs.values())
        if (run.endedAt === undefined) run.slots = Math.max(run.slots, slotsOf(run.spec.limits, state.limits))
      return
    case 'budget.changed': {
      const run = event.scope.startsWith('run/') ? state.runs.get(event.scope.slice(4)) : undefined
      if (run !== undefined) run.budgetUsd = event.limitUsd
      return
    }
    default:
      return
  }
}

function change(state: RecordsState, tool: string, facts: Partial<ToolFacts>): void {
  state.tools.set(tool, { ...(state.tools.get(tool) ?? unknownTool()), ...facts })
}
