import { toIsoTime } from '../../platform/iso-time.ts'
import type { RecordsState, RunFacts, TaskFacts, WorkstreamFacts } from '../fold/records-state.ts'
import type { RoadmapFile, RoadmapPlan } from '../shapes/roadmap-file.ts'
import { doneShare, percent, tasksByWorkstream } from './task-facts.ts'

/** How far each plan has come, in its newest run, as `roadmap_state.json` says it. */
export function roadmapOf({ runs, roadmap }: RecordsState): RoadmapFile {
  const plans = new Map(roadmap)
  for (const run of runs.values()) plans.set(planKeyOf(run), roadmapPlanOf(run))
  return { plans: Object.fromEntries([...plans].sort(([a], [b]) => (a < b ? -1 : 1))) }
}

/** What several runs of the same plan have in common: its own id, else its name. */
export function planKeyOf({ spec }: RunFacts): string {
  const id = spec.work?.metadata['planId']
  return typeof id === 'string' ? id : spec.name
}

/** How far a run has brought its plan. */
export function roadmapPlanOf(run: RunFacts): RoadmapPlan {
  const tasks = [...run.tasks.values()]
  const byWorkstream = tasksByWorkstream(run)
  const phases = Map.groupBy(
    tasks.filter(({ spec }) => spec.work?.phase !== undefined),
    ({ spec }) => spec.work?.phase ?? '',
  )
  return {
    name: run.spec.name,
    run_id: run.id,
    status: run.status,
    percent: percent(doneShare(run, tasks)),
    completed_at: run.status === 'COMPLETED' && run.endedAt !== undefined ? toIsoTime(run.endedAt) : null,
    phases: Object.fromEntries(
      [...phases].map(([phase, own]) => [
        phase,
        { percent: percent(doneShare(run, own)), completed_at: completedAt(own) },
      ]),
    ),
    workstreams: Object.fromEntries(
      [...run.workstreams.values()].map((workstream) => {
        const own = byWorkstream.get(workstream.id) ?? []
        return [workstream.id, workstreamState(run, workstream, own)]
      }),
    ),
  }
}

function workstreamState(
  run: RunFacts,
  workstream: WorkstreamFacts,
  tasks: readonly TaskFacts[],
): RoadmapPlan['workstreams'][string] {
  const { status, endedAt } = workstream
  const needed = tasks.flatMap(({ spec }) => [
    ...spec.needs.flatMap((id) => run.tasks.get(id)?.spec.workstream ?? []),
    ...spec.needsLanded,
  ])
  return {
    status,
    percent: status === 'COMPLETED' ? 100 : percent(doneShare(run, tasks)),
    completed_at: status === 'COMPLETED' && endedAt !== undefined ? toIsoTime(endedAt) : null,
    dependencies: [...new Set(needed)].filter((id) => id !== workstream.id),
    risk_level: riskOf(workstream, tasks),
  }
}

/** What the plan says of the risk; else how it goes: set aside or failed is high, tried again is medium. */
function riskOf({ spec, status }: WorkstreamFacts, tasks: readonly TaskFacts[]): 'low' | 'medium' | 'high' {
  const said = spec.work?.metadata?.['risk']
  if (said === 'low' || said === 'medium' || said === 'high') return said
  if (status === 'FAILED' || status === 'QUARANTINED') return 'high'
  return tasks.some(({ attempts }) => attempts.length > 1) ? 'medium' : 'low'
}

function completedAt(tasks: readonly TaskFacts[]): string | null {
  const ends = tasks.map(({ status, endedAt }) => (status === 'SUCCEEDED' ? endedAt : undefined))
  return ends.every((end) => end !== undefined) ? toIsoTime(ends.reduce((a, b) => Math.max(a, b), 0)) : null
}
