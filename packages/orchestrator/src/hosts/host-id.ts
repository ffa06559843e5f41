import type { RunSpec } from '@ws/core'
import { builtInTools } from '@ws/core'

/** The host that works on one run. It keeps its name whichever process it is. */
export function hostOf(runId: string): string {
  return `run/${runId}`
}

/** The run that a host works on, or `undefined` for one that works on any. */
export function runOf(hostId: string): string | undefined {
  return hostId.startsWith('run/') ? hostId.slice('run/'.length) : undefined
}

/** What a host offers that works on a run: what the run requires, and every tool that it knows of. */
export function offersOf({ id, requires, tasks, work }: RunSpec): string[] {
  const named = tasks.flatMap(({ tools }) => tools.map(({ tool }) => tool))
  const tools = new Set([...builtInTools, ...Object.keys(work?.tools ?? {}), ...named])
  return [...new Set([hostOf(id), ...requires, ...[...tools].map((tool) => `tool/${tool}`)])]
}
