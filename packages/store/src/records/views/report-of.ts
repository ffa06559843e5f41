import { toIsoTime } from '../../platform/iso-time.ts'
import type { RecordsState, RunFacts, TaskFacts } from '../fold/records-state.ts'
import type { ReportFile } from '../shapes/report-file.ts'
import { efficiencyOf } from './efficiency-of.ts'
import { toolHealthOf } from './tool-health-of.ts'
import { costOf, errorOf, minutes, percent, tokensOf, toolOf, workedMs } from './task-facts.ts'

/** How a run went, or goes so far, as `report.json` says it. */
export function reportOf(run: RunFacts, state: RecordsState): ReportFile {
  const { spec, startedAt, endedAt } = run
  const until = endedAt ?? run.updatedAt ?? startedAt
  const tasks = [...run.tasks.values()]
  return {
    coordination_id: spec.correlationId,
    run_id: run.id,
    workflow_name: spec.name,
    status: run.status,
    created_at: toIsoTime(startedAt),
    completed_at: endedAt === undefined ? null : toIsoTime(endedAt),
    total_duration_min: endedAt === undefined ? null : minutes(endedAt - startedAt),
    nodes: tasks.map((task) => nodeOf(task, until)),
    cost_summary: costSummary(run, tasks),
    parallel_efficiency: efficiencyOf(run, state, until),
    merge_summary: mergeSummary(run, state),
    quality_metrics: {
      ...changesOf(tasks),
      tests_added: null,
      test_coverage_pct: null,
      security_issues: null,
      documentation_pages: null,
    },
    artifacts_generated: [...new Set(tasks.flatMap(artifactsOf))],
    ...toolsOf(run, state),
  }
}

/** Tools that were offered and never looked at have nothing to tell. */
function toolsOf(run: RunFacts, state: RecordsState): Pick<ReportFile, 'tools'> {
  const inTasks = [...run.tasks.values()].flatMap(({ spec, attempts }) => [...spec.tools, ...attempts])
  // One that was missing from the start is in no task any more.
  const named = new Set([...inTasks.map(({ tool }) => tool), ...Object.keys(run.spec.work?.tools ?? {})])
  const known = Object.entries(toolHealthOf(state)).filter(
    ([name, { status }]) => named.has(name) && status !== 'unknown',
  )
  return known.length === 0 ? {} : { tools: Object.fromEntries(known) }
}

function nodeOf(task: TaskFacts, until: number): ReportFile['nodes'][number] {
  const { id, spec, status, attempts, left } = task
  const start = attempts[0]?.startedAt
  const end = attempts.length === 0 ? undefined : task.endedAt
  const error = errorOf(task)
  return {
    node_id: id,
    workstream_id: spec.workstream,
    label: spec.work?.label ?? null,
    tool: toolOf(task) ?? null,
    status,
    start_time: start === undefined ? null : toIsoTime(start),
    end_time: end === undefined ? null : toIsoTime(end),
    duration_min: start === undefined ? null : minutes(workedMs([task], until)),
    tokens_used: tokensOf([task]),
    cost_usd: costOf([task]),
    files_modified: task.changed === undefined ? null : [...task.changed.files],
    attempts: attempts.length,
    ...(left?.because === undefined ? {} : { because: left.because }),
    ...(left === undefined || left.setAside.length === 0 ? {} : { set_aside: [...left.setAside] }),
    ...(left === undefined || left.warnings.length === 0 ? {} : { warnings: [...left.warnings] }),
    ...(error === undefined ? {} : { error }),
  }
}

/** What all tasks together changed, where any of them was told; a file that several changed counts once. */
function changesOf(
  tasks: readonly TaskFacts[],
): Pick<ReportFile['quality_metrics'], 'files_changed' | 'lines_added' | 'lines_removed'> {
  const changes = tasks.flatMap(({ changed }) => changed ?? [])
  if (changes.length === 0) return { files_changed: null, lines_added: null, lines_removed: null }
  return {
    files_changed: new Set(changes.flatMap(({ files }) => files)).size,
    lines_added: changes.reduce((total, { linesAdded }) => total + linesAdded, 0),
    lines_removed: changes.reduce((total, { linesRemoved }) => total + linesRemoved, 0),
  }
}

function costSummary({ budgetUsd }: RunFacts, tasks: readonly TaskFacts[]): ReportFile['cost_summary'] {
  const used = costOf(tasks)
  const byTool = Map.groupBy(
    tasks.flatMap(({ attempts }) => attempts),
    ({ tool }) => tool,
  )
  const breakdown: [string, number][] = []
  for (const [tool, attempts] of byTool) {
    const usd = attempts.reduce((total, { settledUsd, usage }) => total + (settledUsd ?? usage.costUsd), 0)
    if (tool !== undefined) breakdown.push([tool, toMicros(usd)])
  }
  return {
    budget_usd: budgetUsd ?? null,
    total_used_usd: used,
    budget_remaining_usd: budgetUsd === undefined ? null : toMicros(budgetUsd - used),
    utilization_pct: budgetUsd === undefined || budgetUsd === 0 ? null : percent(used / budgetUsd),
    breakdown: Object.fromEntries(breakdown.sort(([a], [b]) => (a < b ? -1 : 1))),
  }
}

function toMicros(usd: number): number {
  return Math.round(usd * 1_000_000) / 1_000_000
}

function mergeSummary(run: RunFacts, { queue }: RecordsState): ReportFile['merge_summary'] {
  const outcomes = [...run.workstreams.values()].flatMap(({ landings }) =>
    landings.map(({ outcome }) => outcome?.kind),
  )
  const checks = queue.checks.get(run.id)
  return {
    branches_merged: outcomes.filter((kind) => kind === 'landed').length,
    merge_conflicts: outcomes.filter((kind) => kind === 'conflicted').length,
    pre_merge_checks_run: checks?.ran ?? 0,
    pre_merge_checks_passed: checks?.passed ?? 0,
  }
}

/** What was kept of a task besides commits; where nobody told, what it was to make. */
function artifactsOf({ status, spec, left }: TaskFacts): readonly string[] {
  if (left !== undefined) return left.artifacts.map(({ keptAs }) => keptAs)
  if (status !== 'SUCCEEDED' || spec.work === undefined) return []
  return [...spec.work.artifacts, ...(spec.work.role === 'verify' ? spec.work.outputs : [])]
}
