import { candidateIdOf } from './candidate-id.ts'
import type { CandidateWish } from './line.ts'
import type { BuiltCandidate, DiagnosisState, EntryState, QueueState, TargetState } from './queue-state.ts'
import { keyOf } from './verdict.ts'

/** What a diagnosis needs next, or what it found. */
export type DiagnosisWish =
  | ({ readonly kind: 'build' } & CandidateWish)
  | { readonly kind: 'check'; readonly candidate: BuiltCandidate; readonly checks: readonly string[] }
  | { readonly kind: 'done'; readonly together?: readonly string[] }

/**
 * Whether a rejected entry fails alone. If it does not, it is looked for the first entry before it with which it
 * does, by halving what stood between. Every step is read off what is known, so nothing has to be remembered.
 */
export function diagnosisWish(
  state: QueueState,
  { entryId, target: name, suspicion, checks }: DiagnosisState,
): DiagnosisWish {
  const target = state.targets.get(name)
  const entry = state.entries.get(entryId)
  if (target === undefined || entry?.phase.state !== 'FAILED') return { kind: 'done' }
  const own = suspicion.line.findIndex((step) => step.entryId === entryId)
  const before = own === -1 ? suspicion.line : suspicion.line.slice(0, own)
  const look = (count: number) =>
    lookAt(state, target, entry, count === 0 ? suspicion.onto : before[count - 1]!.commit, checks)
  const alone = look(0)
  if (typeof alone === 'object') return alone
  if (alone === 'bad' || before.length === 0) return { kind: 'done' }
  let good = 0
  let bad = before.length
  while (bad - good > 1) {
    const middle = (good + bad) >> 1
    const found = look(middle)
    if (typeof found === 'object') return found
    if (found === 'good') good = middle
    else bad = middle
  }
  return { kind: 'done', together: [before[bad - 1]!.entryId, entryId] }
}

function lookAt(
  state: QueueState,
  target: TargetState,
  entry: EntryState,
  onto: string,
  checks: readonly string[],
): 'good' | 'bad' | DiagnosisWish {
  const candidateId = candidateIdOf(state, entry, onto)
  const candidate = target.candidates.get(candidateId)
  if (candidate === undefined) return { kind: 'build', candidateId, entry, onto, checks }
  if (!candidate.isBuilt) return 'bad'
  // Built before, for itself, it may have no key for a check that only one beside it asks for.
  const asked = checks.filter((check) => candidate.keys[check] !== undefined)
  const results = asked.map((check) => state.results.get(keyOf(candidate, check)))
  if (asked.length === 0 || results.some((result) => result?.passes === 0)) return 'bad'
  const open = asked.filter((_check, i) => results[i] === undefined)
  return open.length === 0 ? 'good' : { kind: 'check', candidate, checks: open }
}
