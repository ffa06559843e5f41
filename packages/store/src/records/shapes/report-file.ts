import { RunStatus, TaskStatus } from '@ws/core'
import * as z from 'zod'
import { Time } from './time.ts'
import { ToolHealthFile } from './tool-health-file.ts'

const Node = z.looseObject({
  node_id: z.string(),
  workstream_id: z.string(),
  label: z.string().nullable(),
  tool: z.string().nullable(),
  status: TaskStatus,
  start_time: Time.nullable(),
  end_time: Time.nullable(),
  duration_min: z.number().nullable(),
  tokens_used: z.int(),
  cost_usd: z.number(),
  /** `null` where it was not recorded. */
  files_modified: z.array(z.string()).nullable(),
  attempts: z.int(),
  /** Why the last attempt ran as it did: which tool, pooled or one-shot. */
  because: z.string().optional(),
  /** New files outside the claims: kept beside the branch, not in it. */
  set_aside: z.array(z.string()).optional(),
  warnings: z.array(z.string()).optional(),
  error: z.string().optional(),
})

const Measured = z.number().nullable()

/** How well a run made use of what it could run side by side. */
export const ParallelEfficiency = z.looseObject({
  /** All attempts, one after the other. */
  sequential_time_estimate_min: z.number(),
  /** From the run's start to its end, pauses left out. */
  actual_parallel_time_min: z.number(),
  /** What no order could have beaten: all work over all slots, or the longest chain, and one check. */
  lower_bound_min: z.number(),
  /** The bound's share of the actual time. */
  efficiency_pct: z.number().nullable(),
  note: z.string(),
})
/** How well a run made use of what it could run side by side. */
export type ParallelEfficiency = z.output<typeof ParallelEfficiency>

/** `report.json`: how a run went. */
export const ReportFile = z
  .looseObject({
    coordination_id: z.string(),
    run_id: z.string(),
    workflow_name: z.string(),
    status: RunStatus,
    created_at: Time,
    completed_at: Time.nullable(),
    total_duration_min: z.number().nullable(),
    nodes: z.array(Node),
    cost_summary: z.looseObject({
      budget_usd: z.number().nullable(),
      total_used_usd: z.number(),
      budget_remaining_usd: z.number().nullable(),
      utilization_pct: z.number().nullable(),
      /** By tool. */
      breakdown: z.record(z.string(), z.number()),
    }),
    parallel_efficiency: ParallelEfficiency,
    merge_summary: z.looseObject({
      branches_merged: z.int(),
      merge_conflicts: z.int(),
      pre_merge_checks_run: z.int(),
      pre_merge_checks_passed: z.int(),
    }),
    /** `null` when not measured. */
    quality_metrics: z.looseObject({
      files_changed: Measured,
      lines_added: Measured,
      lines_removed: Measured,
      tests_added: Measured,
      test_coverage_pct: Measured,
      security_issues: Measured,
      documentation_pages: Measured,
    }),
    artifacts_generated: z.array(z.string()),
    /** What is known of the tools of its tasks and settings; absent where nothing is. */
    tools: ToolHealthFile.optional(),
  })
  .meta({ title: 'report.json' })
/** `report.json`. */
export type ReportFile = z.output<typeof ReportFile>
