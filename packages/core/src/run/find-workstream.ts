import type { RunMachineState, WorkstreamState } from './run-state.ts'

/** The workstream of a key `<run>/<workstream>`. */
export function findWorkstream(state: RunMachineState, key: string): WorkstreamState | undefined {
  const cut = key.indexOf('/')
  if (cut === -1) return undefined
  return state.runs.get(key.slice(0, cut))?.workstreams.get(key.slice(cut + 1))
}
