import type { SimulatedTask } from '@ws/core/testing'

/** Something to schedule, with the makespan that no schedule beats (or the best one known). */
export interface Instance {
  readonly name: string
  readonly tasks: readonly SimulatedTask[]
  /** `concurrency` and named resources. */
  readonly limits: Readonly<Record<string, number>>
  readonly bestMs: number
}
