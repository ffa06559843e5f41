import { buildLine } from './build-line.ts'
import { isLive, orderedEntries } from './entry-order.ts'
import { lanesOf } from './lanes.ts'
import type { Line } from './line.ts'
import type { EntryState, QueueState, TargetState } from './queue-state.ts'

/** The target's lines, the one with the most urgent entry first; without forks. */
export function linesOf(state: QueueState, target: TargetState): readonly Line[] {
  const lines = allLinesOf(state, target)
  return target.forks.size === 0 ? lines : lines.filter(({ without }) => without === undefined)
}

/** The target's lines, and then their forks. */
export function allLinesOf(state: QueueState, target: TargetState): readonly Line[] {
  return (target.lines ??= deriveLines(state, target))
}

/** The forks of a line. */
export function forksOf(state: QueueState, target: TargetState, line: Line): readonly Line[] {
  if (target.forks.size === 0) return []
  return allLinesOf(state, target).filter(
    ({ without }) => without !== undefined && line.entries.includes(without),
  )
}

/** The same from scratch, however much of it is known. */
export function deriveLines(state: QueueState, target: TargetState): readonly Line[] {
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

/** An entry of which one that it comes after left the queue without landing. */
export function lostBaseOf(state: QueueState, { spec }: EntryState): EntryState | undefined {
  for (const id of spec.after) {
    const before = state.entries.get(id)
    if (before !== undefined && before.phase.state !== 'MERGED' && !isLive(before)) return before
  }
  return undefined
}
