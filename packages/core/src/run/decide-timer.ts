import { relaxEveryMs } from './decide-attempt.ts'
import type { RunEvent } from './run-event.ts'
import type { RunMachineState } from './run-state.ts'

/**
 * Whatever was due: retries become ready, throttles rise by one, exhausted accounts may be probed. Each event
 * takes its own timer back, so the loop ends.
 */
export function* ringTimers(state: RunMachineState, now: number): Generator<RunEvent> {
  for (let next = state.timers.next(); next !== undefined && next.at <= now; next = state.timers.next()) {
    const { key } = next
    const cut = key.indexOf('/')
    yield* ring(state, key.slice(0, cut), key.slice(cut + 1), now)
  }
}

function* ring(state: RunMachineState, kind: string, name: string, now: number): Generator<RunEvent> {
  switch (kind) {
    case 'retry': {
      const cut = name.indexOf('/')
      yield { type: 'task.ready', runId: name.slice(0, cut), taskId: name.slice(cut + 1) }
      return
    }
    case 'account':
      yield { type: 'quota.probing', account: name }
      return
    case 'tool': {
      const limit = state.tools.get(name)!.throttle!.limit + 1
      const configured = state.limits[name] ?? state.limits['slots'] ?? 0
      if (limit >= configured) yield { type: 'tool.relaxed', tool: name }
      else yield { type: 'tool.relaxed', tool: name, limit, raiseAt: now + relaxEveryMs }
      return
    }
    case 'scope':
      yield { type: 'budget.unblocked', scope: name }
      return
  }
}
