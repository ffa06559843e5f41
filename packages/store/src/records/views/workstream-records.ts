import { toIsoTime } from '../../platform/iso-time.ts'
import type { RecordsState, RunFacts, TaskFacts, WorkstreamFacts } from '../fold/records-state.ts'
import type { ChildMetadata, MasterMetadata, WorkstreamRecord } from '../shapes/workstream-record.ts'
import { branchOf, costOf, tasksByWorkstream, tokensOf, toolOf, workedMs } from './task-facts.ts'
import { verificationOf } from './verification-of.ts'

/** Every record of the registry: a master record for each run with its children, then those that were made by hand. */
export function workstreamRecords(state: RecordsState): WorkstreamRecord[] {
  const records = [...state.runs.values()].flatMap((run) => recordsOfRun(run, state))
  return [...records, ...state.registry.values()]
}

/** The master record of a run, and one for each of its workstreams. */
export function recordsOfRun(run: RunFacts, state: RecordsState): WorkstreamRecord[] {
  const tasks = tasksByWorkstream(run)
  const children = [...run.workstreams.values()].map((workstream) =>
    childRecord(run, workstream, tasks.get(workstream.id) ?? []),
  )
  return [masterRecord(run, state), ...children].map((record) => {
    const notes = state.notes.get(record.id)
    return notes === undefined ? record : { ...record, metadata: { ...record.metadata, ...notes } }
  })
}

function masterRecord(run: RunFacts, state: RecordsState): WorkstreamRecord {
  const { spec } = run
  const said = spec.work?.metadata ?? {}
  const verification = verificationOf(run, state)
  const metadata: MasterMetadata = {
    ...said,
    planId: textOf(said['planId']),
    userId: spec.user,
    ...(said['complexity'] === undefined ? {} : { complexity: said['complexity'] }),
    estimatedUsd: estimatedUsd(spec.tasks),
    budgetUsd: run.budgetUsd ?? null,
    taskCount: run.tasks.size,
    verification: {
      status: verification?.overall_status ?? null,
      report: verification === undefined ? null : `runs/${run.id}/verification_report.json`,
    },
  }
  return {
    id: run.id,
    name: spec.name,
    status: run.status,
    createdAt: toIsoTime(run.startedAt),
    updatedAt: timeOrNull(run.updatedAt),
    metadata,
    correlationId: spec.correlationId,
  }
}

function childRecord(
  run: RunFacts,
  workstream: WorkstreamFacts,
  tasks: readonly TaskFacts[],
): WorkstreamRecord {
  const { id, spec } = workstream
  const only = tasks.length === 1 ? tasks[0] : undefined
  const tools = [...new Set(tasks.map(toolOf))]
  const roles = [...new Set(tasks.map((task) => task.spec.work?.role))]
  const metadata: ChildMetadata = {
    ...spec.work?.metadata,
    runId: run.id,
    workstreamId: id,
    taskId: only?.id ?? null,
    tasks: tasks.map((task) => task.id),
    tool: (tools.length === 1 ? tools[0] : undefined) ?? null,
    role: (roles.length === 1 ? roles[0] : undefined) ?? null,
    owner: spec.work?.owner ?? null,
    estimatedUsd: estimatedUsd(tasks.map((task) => task.spec)),
    branch: branchOf(run, workstream) ?? null,
    worktree: workstream.worktree ?? spec.work?.worktreePath ?? null,
    ...(workstream.reason === undefined ? {} : { reason: workstream.reason }),
    ...(workstream.commit === undefined ? {} : { commit: workstream.commit }),
    completion:
      workstream.endedAt === undefined
        ? null
        : {
            tokens: tokensOf(tasks),
            costUsd: costOf(tasks),
            durationMs: workedMs(tasks, workstream.endedAt),
          },
  }
  return {
    id: `${run.id}/${id}`,
    name: nameOf(workstream, only),
    status: workstream.status,
    createdAt: toIsoTime(workstream.createdAt),
    updatedAt: timeOrNull(workstream.updatedAt),
    metadata,
    correlationId: run.spec.correlationId,
    parentId: run.id,
  }
}

/** One that came from a single node is called after it. */
function nameOf({ id, spec }: WorkstreamFacts, only: TaskFacts | undefined): string {
  const label = only?.spec.work?.label
  if (only !== undefined && label !== undefined) return `${only.id}-${label}`
  return spec.work?.name ?? id
}

/** The sum of what was estimated, or `null` where nothing was. */
function estimatedUsd(specs: readonly { readonly estimateUsd?: number }[]): number | null {
  const known = specs.flatMap(({ estimateUsd }) => estimateUsd ?? [])
  return known.length === 0 ? null : known.reduce((a, b) => a + b, 0)
}

function timeOrNull(at: number | undefined): string | null {
  return at === undefined ? null : toIsoTime(at)
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' ? value : null
}
