import type { PauseReason } from '../run/run-event.ts'
import type { ToolHealth } from '../run/run-input.ts'
import type { TaskPhase, WorkstreamPhase } from '../run/run-state.ts'

/** A task by its run and id. */
export interface TaskName {
  readonly runId: string
  readonly taskId: string
}

/** One thing that a task waits for. Workstreams are named by their key `<run>/<workstream>`. */
export type Waiting =
  // what must come before
  | { readonly for: 'task'; readonly taskId: string; readonly state: TaskPhase['state'] }
  | { readonly for: 'landing'; readonly workstream: string; readonly state: WorkstreamPhase['state'] }
  | { readonly for: 'round'; readonly round: number }
  | { readonly for: 'retry'; readonly at: number }
  | { readonly for: 'base'; readonly workstream: string }
  // paths
  | { readonly for: 'claim'; readonly holder: string; readonly path: string }
  | { readonly for: 'barrier'; readonly waiter: string; readonly path: string }
  | { readonly for: 'order'; readonly workstream: string }
  // limits
  | { readonly for: 'workstream'; readonly taskId: string }
  | {
      readonly for: 'landings'
      readonly bound: 'repository' | 'run'
      readonly limit: number
      readonly landing: readonly string[]
    }
  | {
      readonly for: 'resource'
      readonly resource: string
      readonly bound: 'repository' | 'run'
      readonly limit: number
      readonly used: number
      readonly wants: number
      readonly usedBy: readonly TaskName[]
    }
  | { readonly for: 'turn'; readonly resource: string; readonly keptFor: TaskName }
  // tools, accounts, hosts
  | {
      readonly for: 'tool'
      readonly tool: string
      readonly health: Extract<ToolHealth, 'unhealthy' | 'missing'>
    }
  | { readonly for: 'throttle'; readonly tool: string; readonly limit: number; readonly raiseAt: number }
  | { readonly for: 'quota'; readonly account: string; readonly until: number }
  | { readonly for: 'probe'; readonly account: string }
  | { readonly for: 'host'; readonly labels: readonly string[] }
  // money
  | {
      readonly for: 'budget'
      readonly scope: string
      readonly wantsUsd: number
      readonly spentUsd: number
      readonly reservedUsd: number
      readonly limitUsd: number
      /** When it comes back by itself: a user's budget is for a day. */
      readonly until?: number
    }
  // people
  | { readonly for: 'resume'; readonly pause: Extract<PauseReason, 'user' | 'budget' | 'disk'> }
  | { readonly for: 'person' }
  | { readonly for: 'approval'; readonly workstream: string }
  // its work is done, its branch is not
  | { readonly for: 'queue'; readonly workstream: string }
