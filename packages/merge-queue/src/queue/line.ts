import type { FileConflict } from './queue-input.ts'
import { candidateIdOf } from './candidate-id.ts'
import { isLive, orderedEntries } from './entry-order.ts'
import { lanesOf } from './lanes.ts'
import { horizonOf } from '../policy/horizon.ts'
import type { CandidateProblem } from './queue-event.ts'
import type { BuiltCandidate, CandidateState, EntryState, QueueState, TargetState } from './queue-state.ts'

/**
 * Entries of one lane, one built onto the other, the first onto the target:
 *
 *   landed ── e1 ── e2 ── e3 ── …        node k is the target with the first k entries
 *
 * An entry that nobody approved yet has a line of its own, and nobody is built onto it. A fork is a line without one of
 * its entries, which may turn out bad: it is tested beforehand, and becomes the line when that one is out.
 */
export interface Line {
  readonly isApproved: boolean
  /** The entry that is left out, where this is a fork. */
  readonly without: EntryState | undefined
  readonly entries: readonly EntryState[]
  /** As many of the entries as are built. */
  readonly nodes: readonly LineNode[]
  /** The candidate that is missing to go on. */
  readonly wants: CandidateWish | undefined
  /** The entry after the last node cannot be built onto it. */
  readonly clash: Clash | undefined
}

/** The target with so many entries of a line. */
export interface LineNode {
  readonly entry: EntryState
  readonly candidate: BuiltCandidate
  /** Names of the checks that must pass on it: those of every entry up to here that changes something. */
  readonly required: readonly string[]
  readonly advisory: readonly string[]
  /** Names of the checks whose keys it has at least. */
  readonly asked: readonly string[]
}

/** A candidate that is to be built. */
export interface CandidateWish {
  readonly candidateId: string
  readonly entry: EntryState
  readonly onto: string
  readonly checks: readonly string[]
}

/** Own: it cannot be built onto the target either. With: it can, but not onto that earlier entry. */
export type Clash =
  | { readonly kind: 'own'; readonly entry: EntryState; readonly problem: CandidateProblem }
  | {
      readonly kind: 'with'
      readonly entry: EntryState
      readonly other: EntryState
      readonly conflicts: readonly FileConflict[]
    }

/** The target's lines, the one with the most urgent entry first; without forks. */
export function linesOf(state: QueueState, target: TargetState): readonly Line[] {
  const lines = allLinesOf(state, target)
  return target.forks.size === 0 ? lines : lines.filter(({ without }) => without === undefined)
}

/** The target's lines, and then their forks. */
export function allLinesOf(state: QueueState, target: TargetState): readonly Line[] {
  return (target.lines ??= derive(state, target))
}

/** The forks of a line. */
export function forksOf(state: QueueState, target: TargetState, line: Line): readonly Line[] {
  if (target.forks.size === 0) return []
  return allLinesOf(state, target).filter(
    ({ without }) => without !== undefined && line.entries.includes(without),
  )
}

function derive(state: QueueState, target: TargetState): readonly Line[] {
  const { landed } = target
  if (landed === undefined || target.live.size === 0) return []
  const ordered = orderedEntries(state, target)
  const placed = withoutParked(inDependencyOrder(state, ordered))
  const approved = placed.filter(mayBeBuiltOn)
  const rank = new Map(ordered.map((entry, i) => [entry, i]))
  const lines = lanesOf(state, approved).map((entries) =>
    buildLine(state, target, { entries, isApproved: true, without: undefined, nodes: [] }),
  )
  for (const entry of placed) {
    if (!mayBeBuiltOn(entry) && hasLanded(state, entry.spec.after)) {
      lines.push(
        buildLine(state, target, { entries: [entry], isApproved: false, without: undefined, nodes: [] }),
      )
    }
  }
  lines.sort((a, b) => rank.get(a.entries[0]!)! - rank.get(b.entries[0]!)!)
  return target.forks.size === 0
    ? lines
    : [...lines, ...lines.flatMap((line) => forksFrom(state, target, line))]
}

function forksFrom(state: QueueState, target: TargetState, { entries, isApproved }: Line): readonly Line[] {
  const forks: Line[] = []
  for (const without of isApproved ? entries : []) {
    if (!target.forks.has(without.id)) continue
    const out = new Set([without.id])
    const others = entries.filter(({ id, spec }) => {
      if (spec.after.some((before) => out.has(before))) out.add(id)
      return !out.has(id)
    })
    if (others.length > 0)
      forks.push(buildLine(state, target, { entries: others, isApproved, without, nodes: [] }))
  }
  return forks
}

/** An entry is parked only behind one that is going somewhere; who comes after a parked one waits with it. */
function withoutParked(entries: readonly EntryState[]): readonly EntryState[] {
  if (entries.every(({ parkedBehind }) => parkedBehind === undefined)) return entries
  const placed = new Set<string>()
  const parked = new Set<string>()
  return entries.filter((entry) => {
    const { id, parkedBehind, spec } = entry
    const isParked = parkedBehind !== undefined && placed.has(parkedBehind.entryId)
    const isOut = isParked || spec.after.some((before) => parked.has(before))
    if (isOut) parked.add(id)
    else placed.add(id)
    return !isOut
  })
}

/** Nobody is stacked on what a person has yet to approve. */
export function mayBeBuiltOn(entry: EntryState): boolean {
  return entry.spec.approve === 'auto' || entry.isApproved
}

function hasLanded(state: QueueState, ids: readonly string[]): boolean {
  return ids.every((id) => state.entries.get(id)?.phase.state === 'MERGED')
}

/** The entries that have all they come after landed or before them; the order changes only where it must. */
function inDependencyOrder(state: QueueState, ordered: readonly EntryState[]): readonly EntryState[] {
  if (ordered.every(({ spec }) => spec.after.length === 0)) return ordered
  const placed = new Set<string>()
  const order: EntryState[] = []
  const waiting = new Map<string, EntryState[]>()
  const place = (entry: EntryState): void => {
    const missing = entry.spec.after.find(
      (id) => !placed.has(id) && state.entries.get(id)?.phase.state !== 'MERGED',
    )
    if (missing !== undefined) {
      const behind = waiting.get(missing)
      if (behind === undefined) waiting.set(missing, [entry])
      else behind.push(entry)
      return
    }
    order.push(entry)
    if (!mayBeBuiltOn(entry)) return
    placed.add(entry.id)
    for (const next of waiting.get(entry.id) ?? []) place(next)
  }
  for (const entry of ordered) place(entry)
  return order
}

/** The line with what has been built since. */
export function extendLine(state: QueueState, target: TargetState, line: Line): Line {
  return buildLine(state, target, line)
}

function buildLine(
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
export function isQuarantined({ settings }: QueueState, name: string): boolean {
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
export function union(all: readonly string[], ...more: readonly (readonly string[])[]): readonly string[] {
  let result = all
  for (const names of more) {
    for (const name of names) {
      if (!result.includes(name)) result = [...result, name]
    }
  }
  return result
}

/** An entry of which one that it comes after left the queue without landing. */
export function lostBaseOf(state: QueueState, { spec }: EntryState): EntryState | undefined {
  for (const id of spec.after) {
    const before = state.entries.get(id)
    if (before !== undefined && before.phase.state !== 'MERGED' && !isLive(before)) return before
  }
  return undefined
}
