import { candidateIdOf } from './candidate-id.ts'
import { isLive } from './entry-order.ts'
import type { QueueState, TargetState } from './queue-state.ts'

/** Forgets candidates that no line can come back to: of entries that are gone or changed, or on commits that are. */
export function forgetCandidates(state: QueueState, target: TargetState): void {
  const { candidates, landed } = target
  if (candidates.size === 0) return
  const commits = new Set([landed])
  for (const { entryId } of state.diagnoses.values()) {
    const suspicion = state.diagnoses.get(entryId)!.suspicion
    commits.add(suspicion.onto)
    for (const { commit } of suspicion.line) commits.add(commit)
  }
  // What is built on another stands behind it.
  for (const [id, candidate] of candidates) {
    const entry = state.entries.get(candidate.entryId)
    const isOpen = entry !== undefined && (isLive(entry) || state.diagnoses.has(entry.id))
    if (isOpen && commits.has(candidate.onto) && candidateIdOf(state, entry, candidate.onto) === id) {
      if (candidate.isBuilt) commits.add(candidate.commit)
      continue
    }
    candidates.delete(id)
    target.trials.delete(id)
  }
}
