import type { WorkstreamState } from './run-state.ts'
import { isClosed, isGone, waitsForLandings } from './run-state.ts'

/**
 * What it builds on and what has not landed. One that was lost counts only for a workstream that was stranded
 * by it: any other has skipped the tasks that needed it, and goes on without. One whose paths it merely took over is, when lost, simply no base any more.
 */
export function openBases(workstream: WorkstreamState): readonly WorkstreamState[] {
  const { before, tookOver, strandedBy } = workstream
  if (before.length === 0 && tookOver.length === 0) return noBases
  const isBase = (base: WorkstreamState) => !isGone(base) && (strandedBy !== undefined || !isClosed(base))
  const bases = new Set<WorkstreamState>()
  if (before.some(isBase)) for (const base of neededBases(workstream)) if (isBase(base)) bases.add(base)
  for (const base of tookOver) bases.add(base)
  return bases.size === 0 ? noBases : [...bases]
}

/** Shared by the many that build on nothing. */
const noBases: readonly WorkstreamState[] = []

/**
 * Workstreams of whose present round its own needs anything that it did not skip: rounds before that have landed, and
 * what its next round needs is none of this one's concern.
 */
function* neededBases(workstream: WorkstreamState): Generator<WorkstreamState> {
  const { tasks, run } = workstream
  for (const task of tasks) {
    if (task.phase.state === 'SKIPPED' || task.round > workstream.round) continue
    for (const id of task.spec.needs) {
      const need = run.tasks.get(id)!
      if (need.workstream !== workstream && need.round >= need.workstream.round) yield need.workstream
    }
    if (waitsForLandings(task)) for (const id of task.spec.needsLanded) yield run.workstreams.get(id)!
  }
}

export const nobody: ReadonlySet<WorkstreamState> = new Set()

/** What a workstream builds on, directly or not, and what has not landed. */
export function allBases(workstream: WorkstreamState): ReadonlySet<WorkstreamState> {
  if (openBases(workstream).length === 0) return nobody
  const found = new Set<WorkstreamState>()
  const line = [workstream]
  for (let next = line.pop(); next !== undefined; next = line.pop()) {
    for (const base of openBases(next)) {
      if (found.has(base)) continue
      found.add(base)
      line.push(base)
    }
  }
  return found
}
