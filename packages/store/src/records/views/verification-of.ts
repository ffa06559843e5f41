import { toIsoTime } from '../../platform/iso-time.ts'
import type { RecordsState, RunFacts, TaskFacts } from '../fold/records-state.ts'
import type { VerificationFile } from '../shapes/verification-file.ts'
import { errorOf } from './task-facts.ts'

/** Which checks and verifying tasks the work of a run passed; `undefined` while none has said anything. */
export function verificationOf(run: RunFacts, { queue }: RecordsState): VerificationFile | undefined {
  const verifying = [...run.tasks.values()].filter(
    ({ spec, status }) => spec.work?.role === 'verify' && isVerdict(status),
  )
  const checks = checksOf(run)
  for (const { id, status } of verifying) checks.set(id, status === 'SUCCEEDED')
  if (checks.size === 0) return undefined
  const failed = [...checks].filter(([, hasPassed]) => !hasPassed).map(([name]) => name)
  const workstreams = new Set(verifying.map(({ spec }) => spec.workstream))
  const counts = queue.checks.get(run.id)
  return {
    verification_id: `verify-${run.id}`,
    workstream_id: workstreams.size === 1 ? [...workstreams].join('') : run.id,
    timestamp: toIsoTime(run.endedAt ?? run.updatedAt ?? run.startedAt),
    checks: Object.fromEntries([...checks].sort(([a], [b]) => (a < b ? -1 : 1))),
    overall_status: failed.length === 0 ? 'PASSED' : 'FAILED',
    summary:
      failed.length === 0
        ? `${checks.size} of ${checks.size} passed`
        : `${checks.size - failed.length} of ${checks.size} passed; failed: ${failed.join(', ')}`,
    metrics: {
      checks_total: checks.size,
      checks_passed: checks.size - failed.length,
      check_runs: counts?.ran ?? null,
      check_runs_passed: counts?.passed ?? null,
    },
    recommendations: [
      ...verifying.flatMap((task) => recommendation(task) ?? []),
      ...failed.filter((name) => !run.tasks.has(name)).map((name) => `make the check "${name}" pass`),
    ],
  }
}

/** Each check that a landing of the run required, and whether it passed in every newest one. */
function checksOf(run: RunFacts): Map<string, boolean> {
  const checks = new Map<string, boolean>()
  const say = (name: string, hasPassed: boolean) => checks.set(name, hasPassed && (checks.get(name) ?? true))
  for (const { spec, landings } of run.workstreams.values()) {
    const outcome = landings.findLast((landing) => landing.outcome !== undefined)?.outcome
    const required = spec.work?.landing.checks ?? []
    if (outcome?.kind === 'landed') for (const name of required) say(name, true)
    if (outcome?.kind === 'rejected') for (const name of outcome.checks) say(plainName(name, required), false)
  }
  return checks
}

/** A queue that serves several runs may have put a mark of its definition behind a check's name. */
function plainName(name: string, required: readonly string[]): string {
  return required.find((each) => name === each || name.startsWith(`${each}.`)) ?? name
}

function isVerdict(status: TaskFacts['status']): boolean {
  return status === 'SUCCEEDED' || status === 'FAILED' || status === 'QUARANTINED'
}

function recommendation(task: TaskFacts): string | undefined {
  const error = errorOf(task)
  return error === undefined ? undefined : `look at "${task.id}": it ${error}`
}
