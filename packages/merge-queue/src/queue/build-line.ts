import { horizonOf } from '../policy/horizon.ts'
import { candidateIdOf } from './candidate-id.ts'
import type { CandidateWish, Line, LineNode } from './line.ts'
import type { CandidateState, QueueState, TargetState } from './queue-state.ts'

/** The line with what has been built since. */
export function extendLine(state: QueueState, target: TargetState, line: Line): Line {
  return buildLine(state, target, line)
}

/** Goes along a line as far as it is built, and says what is missing or in the way. */
export function buildLine(
  state: QueueState,
  target: TargetState,
  from: Pick<Line, 'entries' | 'isApproved' | 'without' | 'nodes'>,
): Line {
  const { entries, isApproved, without } = from
  const nodes = [...from.nodes]
  const line: Line = { isApproved, without, entries, nodes, wants: undefined, clash: undefined }
  const until = Math.min(entries.length, horizonOf(state.settings))
  const last = nodes.at(-1)
  let onto = last?.candidate.commit ?? target.landed!
  let { required, advisory, asked } = last ?? nothing
  for (let i = nodes.length; i < until; i++) {
    const entry = entries[i]!
    const { spec } = entry
    asked = union(asked, spec.checks, spec.advisory, spec.afterwards)
    const candidateId = candidateIdOf(state, entry, onto)
    const candidate = target.candidates.get(candidateId)
    if (candidate === undefined) return { ...line, wants: { candidateId, entry, onto, checks: asked } }
    // What conflicts in a fork is for the line to say.
    if (!candidate.isBuilt && without !== undefined) return line
    if (!candidate.isBuilt) return { ...line, ...findClash(state, target, nodes, candidate, asked) }
    if (!candidate.isEmpty) {
      required = union(
        required,
        spec.checks.filter((name) => !isQuarantined(state, name)),
      )
      advisory = union(
        advisory,
        spec.advisory,
        spec.checks.filter((name) => isQuarantined(state, name)),
      )
    }
    nodes.push({ entry, candidate, required, advisory, asked })
    onto = candidate.commit
  }
  return line
}

const nothing: Pick<LineNode, 'required' | 'advisory' | 'asked'> = { required: [], advisory: [], asked: [] }

/** A check that is known to be flaky is run and reported, and binds nobody. */
function isQuarantined({ settings }: QueueState, name: string): boolean {
  return settings.checks.some((check) => check.name === name && check.isQuarantined === true)
}

/**
 * Whether an entry that cannot be built onto a node can be built onto the target; if so, the first entry that is
 * in its way, found by halving. Candidates that this needs are wanted one after another.
 */
function findClash(
  state: QueueState,
  target: TargetState,
  nodes: readonly LineNode[],
  failed: CandidateState & { readonly isBuilt: false },
  checks: readonly string[],
): Pick<Line, 'wants'> | Pick<Line, 'clash'> {
  const entry = state.entries.get(failed.entryId)!
  const landed = target.landed!
  if (failed.onto === landed) return { clash: { kind: 'own', entry, problem: failed.problem } }
  let problem = failed.problem
  const probe = (onto: string): CandidateState | CandidateWish => {
    const candidateId = candidateIdOf(state, entry, onto)
    return target.candidates.get(candidateId) ?? { candidateId, entry, onto, checks }
  }
  const alone = probe(landed)
  if (!('isBuilt' in alone)) return { wants: alone }
  if (!alone.isBuilt) return { clash: { kind: 'own', entry, problem: alone.problem } }
  let good = 0
  let bad = nodes.length
  while (bad - good > 1) {
    const middle = (good + bad) >> 1
    const tried = probe(nodes[middle - 1]!.candidate.commit)
    if (!('isBuilt' in tried)) return { wants: tried }
    if (tried.isBuilt) good = middle
    else {
      bad = middle
      problem = tried.problem
    }
  }
  const conflicts = problem.reason === 'conflicted' ? problem.conflicts : []
  return { clash: { kind: 'with', entry, other: nodes[bad - 1]!.entry, conflicts } }
}

/** The same array where nothing is added, so that a line of equal entries holds one. */
function union(all: readonly string[], ...more: readonly (readonly string[])[]): readonly string[] {
  let result = all
  for (const names of more) {
    for (const name of names) {
      if (!result.includes(name)) result = [...result, name]
    }
  }
  return result
}
