import type { RunEvent } from '@ws/core'
import { toIsoTime } from '../../platform/iso-time.ts'
import { registeredKey } from '../shapes/registered-workstream.ts'
import type { RecordStatus } from '../shapes/workstream-record.ts'
import type { RecordsState, RunFacts } from './records-state.ts'

interface Stand {
  readonly status: RecordStatus
  readonly reason: string | undefined
}

/**
 * Lets the records of registered workstreams follow the run that does them. What they say then stays when the run is
 * archived.
 */
export function followRegistered(
  state: RecordsState,
  run: RunFacts,
  event: Extract<RunEvent, { readonly runId: string }>,
  at: number,
): void {
  // To look is not to do.
  if ('taskId' in event || run.spec.work?.mode === 'analyze') return
  const whole = run.spec.work?.metadata[registeredKey]
  if (!('workstreamId' in event)) follow(state, whole, standOf(run.status), { run, at })
  for (const { id, spec, status, reason } of run.workstreams.values())
    if (!('workstreamId' in event) || event.workstreamId === id)
      follow(state, spec.work?.metadata?.[registeredKey], standOf(status, reason), { run, at })
}

/** What was cancelled was not given up: it can be started again. */
function standOf(status: RecordStatus, reason?: string): Stand {
  return status === 'CANCELLED' || reason === 'cancelled'
    ? { status: 'PENDING', reason: 'cancelled' }
    : // In a run that goes on, it has begun.
      { status: status === 'PENDING' ? 'RUNNING' : status, reason }
}

function follow(
  state: RecordsState,
  id: unknown,
  { status, reason }: Stand,
  { run, at }: { readonly run: RunFacts; readonly at: number },
): void {
  const record = typeof id === 'string' ? state.registry.get(id) : undefined
  if (record === undefined || (record.status === status && record.metadata['runId'] === run.id)) return
  const { reason: _, ...metadata } = record.metadata
  state.registry.set(record.id, {
    ...record,
    status,
    updatedAt: toIsoTime(at),
    metadata: { ...metadata, runId: run.id, ...(reason === undefined ? {} : { reason }) },
  })
}
