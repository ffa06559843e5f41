import type { Failure } from '@ws/core'

/** What happens to the instances of a pool or cluster. Plain data; told after it became true. */
export type PoolEvent =
  | { readonly type: 'instance.started'; readonly index: number; readonly pid: number }
  | { readonly type: 'instance.ready'; readonly index: number; readonly version?: string }
  | {
      readonly type: 'instance.crashed'
      readonly index: number
      readonly detail: string
      readonly returnCode: number | null
    }
  /** It is started again after this time. */
  | { readonly type: 'instance.delayed'; readonly index: number; readonly waitMs: number }
  | { readonly type: 'instance.restarted'; readonly index: number; readonly restarts: number }
  | { readonly type: 'instance.recycled'; readonly index: number; readonly because: RecycleReason }
  | { readonly type: 'instance.stopped'; readonly index: number; readonly detail: string }
  /** It crashed too often in a row: for this time nothing is asked of it. */
  | {
      readonly type: 'breaker.opened'
      readonly index: number
      readonly crashes: number
      readonly waitMs: number
      readonly detail: string
    }
  | { readonly type: 'breaker.closed'; readonly index: number }
  /** A conversation was lost with the process that had it, or by its tool; it begins anew where its turn may. */
  | { readonly type: 'session.lost'; readonly index: number; readonly session: string }
  | { readonly type: 'turn.started'; readonly index: number }
  | { readonly type: 'turn.completed'; readonly index: number; readonly durationMs: number }
  | { readonly type: 'turn.failed'; readonly index: number; readonly failure: Failure }

/** Why a process was replaced that had not crashed. */
export type RecycleReason = 'turns' | 'age' | 'memory' | 'directory' | 'context' | 'request'
