import type { Claim } from '../../src/claims/claim.ts'
import type { RunSpec, TaskSpec, WorkstreamSpec } from '../../src/run/run-spec.ts'

/** What a test says beyond the notation. */
export interface PlanDetails {
  readonly run?: Partial<RunSpec>
  readonly workstreams?: Readonly<Record<string, Partial<WorkstreamSpec>>>
  readonly tasks?: Readonly<Record<string, Partial<TaskSpec>>>
  /** For every task that does not say otherwise. */
  readonly each?: Partial<TaskSpec>
}

/**
 * Reads a plan as tests write it, one workstream a line:
 *
 *   a [src/** +docs/**]: n1, n2 < n1     a claims src/** and, shared, docs/**; n2 needs n1
 *   b: n3 < n1 & a!                      n3 needs n1, and that a has landed
 *
 * Every task is done by the tool `aider`, is estimated at a minute and a dollar, and is not retried.
 */
export function planOf(notation: string, details: PlanDetails = {}): RunSpec {
  const parts = partsOf(notation, details)
  return {
    id: 'run',
    correlationId: 'run',
    name: 'a plan',
    user: 'ada',
    target: 'main',
    limits: {},
    requires: [],
    failurePolicy: 'dependents',
    onQuota: 'park',
    reserveUsd: 0.5,
    ...parts,
    ...details.run,
  }
}

/** Only the workstreams and tasks of the notation, as `run.extend` takes them. */
export function partsOf(notation: string, details: PlanDetails = {}): Pick<RunSpec, 'workstreams' | 'tasks'> {
  const workstreams: WorkstreamSpec[] = []
  const tasks: TaskSpec[] = []
  for (const line of notation.split('\n')) {
    const match = /^\s*([\w.-]+)\s*(?:\[(.*)\])?\s*:(.*)$/.exec(line)
    if (match === null) continue
    const [, id = '', claims = '', list = ''] = match
    workstreams.push({ ...workstreamOf(id, claims), ...details.workstreams?.[id] })
    for (const text of list.split(',')) {
      if (text.trim() === '') continue
      const task = taskOf(id, text)
      tasks.push({ ...task, ...details.each, ...details.tasks?.[task.id] })
    }
  }
  return { workstreams, tasks }
}

function workstreamOf(id: string, claims: string): WorkstreamSpec {
  return {
    id,
    priority: 2,
    claims: claims.split(' ').filter(Boolean).map(claimOf),
    holdUntil: 'landed',
    lands: true,
  }
}

function claimOf(text: string): Claim {
  return text.startsWith('+') ? { path: text.slice(1), mode: 'shared' } : { path: text, mode: 'exclusive' }
}

function taskOf(workstream: string, text: string): TaskSpec {
  const [id = '', needs = ''] = text.split('<').map((part) => part.trim())
  const names = needs
    .split('&')
    .map((name) => name.trim())
    .filter(Boolean)
  return {
    id,
    workstream,
    kind: 'tool',
    tools: [{ tool: 'aider', account: 'acme' }],
    needs: names.filter((name) => !name.endsWith('!')),
    needsLanded: names.filter((name) => name.endsWith('!')).map((name) => name.slice(0, -1)),
    isRequired: true,
    estimateMs: 60_000,
    estimateUsd: 1,
    retries: 0,
    backoff: { baseMs: 1_000, factor: 2, maxMs: 60_000 },
    uses: {},
    estimateKey: id,
  }
}
