import { type RunMachineState, type RunSpec, WsError } from '@ws/core'
import { registeredKey } from '@ws/store/records'

/**
 * A registered workstream is done by one run at a time.
 * @throws `WS_WORKSTREAM_BEGUN`
 */
export function requireNotBegun(state: RunMachineState, run: RunSpec): void {
  const wanted = idsOf(run)
  if (wanted.size === 0) return
  for (const { id, spec, status } of state.runs.values()) {
    if (status !== 'RUNNING' && status !== 'PAUSED') continue
    for (const registered of idsOf(spec))
      if (wanted.has(registered))
        throw new WsError('WS_WORKSTREAM_BEGUN', `run ${id} does "${nameOf(spec, registered)}" already`, {
          details: { runId: id },
          hint: `ws attach ${id} follows it`,
        })
  }
}

function idsOf({ work, workstreams }: RunSpec): ReadonlySet<unknown> {
  if (work?.mode === 'analyze') return new Set()
  const parts = workstreams.map((workstream) => workstream.work?.metadata?.[registeredKey])
  return new Set([work?.metadata[registeredKey], ...parts].filter((id) => id !== undefined))
}

function nameOf({ name, workstreams }: RunSpec, registered: unknown): string {
  return workstreams.find(({ work }) => work?.metadata?.[registeredKey] === registered)?.id ?? name
}
