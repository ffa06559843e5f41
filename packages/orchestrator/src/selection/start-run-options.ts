import { type Plan, type ResolveRunOptions, type TaskSelection, WsError } from '@ws/core'

/** How one run is started. */
export type StartRunOptions = Partial<
  Pick<ResolveRunOptions, 'correlationId' | 'config' | 'tools' | 'select' | 'mode' | 'user'>
> &
  Pick<TaskSelection, 'only' | 'steps' | 'withNeeds'> & {
    /** How many tasks of this run go on at once, where its plan allows no fewer. */
    readonly maxConcurrent?: number
    /** Ends the run: the first abort cancels it; one that was only joined goes on. */
    readonly signal?: AbortSignal
  }

/** Which part of the plan is meant; nothing where all of it is. */
export function selectionOf({ select, only, steps, withNeeds }: StartRunOptions): TaskSelection | undefined {
  if (only === undefined && steps === undefined) return select
  return {
    ...select,
    ...(only === undefined ? {} : { only }),
    ...(steps === undefined ? {} : { steps }),
    ...(withNeeds === undefined ? {} : { withNeeds }),
  }
}

/** @throws `WS_ORCHESTRATOR_OPTIONS` */
export function limitPlan(plan: Plan, maxConcurrent: number | undefined): Plan {
  if (maxConcurrent === undefined) return plan
  if (!Number.isSafeInteger(maxConcurrent) || maxConcurrent < 1 || maxConcurrent > 10_000)
    throw new WsError('WS_ORCHESTRATOR_OPTIONS', `maxConcurrent is ${maxConcurrent}`, {
      hint: 'expected a whole number from 1 to 10000',
    })
  return { ...plan, concurrency: Math.min(maxConcurrent, plan.concurrency ?? maxConcurrent) }
}
