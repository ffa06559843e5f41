import { RunStatus, WorkstreamStatus } from '@ws/core'
import * as z from 'zod'
import { Time } from './time.ts'

const Progress = {
  /** 0 to 100, weighted by what tasks were estimated to take. */
  percent: z.number(),
  completed_at: Time.nullable(),
}

/** How far one plan has come. */
export const RoadmapPlan = z.looseObject({
  name: z.string(),
  run_id: z.string(),
  status: RunStatus,
  ...Progress,
  phases: z.record(z.string(), z.looseObject(Progress)),
  workstreams: z.record(
    z.string(),
    z.looseObject({
      ...Progress,
      status: WorkstreamStatus,
      /** Workstreams with a task that one of its own needs. */
      dependencies: z.array(z.string()),
      risk_level: z.enum(['low', 'medium', 'high']),
    }),
  ),
})
/** How far one plan has come. */
export type RoadmapPlan = z.output<typeof RoadmapPlan>

/** `roadmap_state.json`: how far each plan has come, by its own id where it has one, in its newest run. */
export const RoadmapFile = z
  .looseObject({ plans: z.record(z.string(), RoadmapPlan) })
  .meta({ title: 'roadmap_state.json' })
/** `roadmap_state.json`. */
export type RoadmapFile = z.output<typeof RoadmapFile>
