import { claimsOverlap } from '@ws/core'
import type { ClaimPattern } from '@ws/core'
import type { EntryState, QueueState } from './queue-state.ts'

/** What a lane must not share: the paths that an entry may change, and those that its checks read. */
interface Footprint {
  readonly changes: readonly ClaimPattern[]
  readonly reads: readonly ClaimPattern[]
}

/**
 * Entries by lane, each lane in the order given. Entries are of one lane when one may change what the other may
 * change or what a check of the other reads, when one comes after the other, and through any chain of those.
 */
export function lanesOf(
  state: QueueState,
  entries: readonly EntryState[],
): readonly (readonly EntryState[])[] {
  if (entries.length < 2) return entries.length === 0 ? [] : [entries]
  const groups = new Map<string, { footprint: Footprint; entries: EntryState[] }>()
  for (const entry of entries) {
    const footprint = footprintOf(state, entry)
    // One that may touch or read anything makes one lane of all.
    if (footprint === undefined) return [entries]
    const key = JSON.stringify(footprint)
    const group = groups.get(key)
    if (group === undefined) groups.set(key, { footprint, entries: [entry] })
    else group.entries.push(entry)
  }
  const lane = new Map<EntryState, EntryState>()
  const find = (entry: EntryState): EntryState => {
    const parent = lane.get(entry)
    return parent === undefined ? entry : find(parent)
  }
  const join = (a: EntryState, b: EntryState) => {
    const [from, to] = [find(a), find(b)]
    if (from !== to) lane.set(from, to)
  }
  const all = [...groups.values()]
  all.forEach((group, i) => {
    const [first, ...rest] = group.entries
    for (const entry of rest) join(first!, entry)
    for (const other of all.slice(i + 1)) {
      if (meet(group.footprint, other.footprint, state.ignoreCase)) join(first!, other.entries[0]!)
    }
  })
  const here = new Map(entries.map((entry) => [entry.id, entry]))
  for (const entry of entries) {
    for (const id of entry.spec.after) {
      const before = here.get(id)
      if (before !== undefined) join(entry, before)
    }
  }
  const lanes = new Map<EntryState, EntryState[]>()
  for (const entry of entries) {
    const root = find(entry)
    const members = lanes.get(root)
    if (members === undefined) lanes.set(root, [entry])
    else members.push(entry)
  }
  return [...lanes.values()]
}

/** `undefined` for an entry that may change anything, or a check of which reads everything. */
function footprintOf({ settings }: QueueState, { spec }: EntryState): Footprint | undefined {
  if (spec.claims === undefined) return undefined
  const reads: ClaimPattern[] = []
  for (const name of spec.checks) {
    const check = settings.checks.find((each) => each.name === name)
    if (check?.inputs === undefined) return undefined
    for (const path of check.inputs) reads.push({ path })
  }
  const changes = spec.claims.map(({ path, exclude }) =>
    exclude === undefined ? { path } : { path, exclude },
  )
  return { changes, reads }
}

function meet(a: Footprint, b: Footprint, ignoreCase: boolean): boolean {
  const overlap = (some: readonly ClaimPattern[], others: readonly ClaimPattern[]) =>
    some.some((one) => others.some((other) => claimsOverlap(one, other, { ignoreCase })))
  return overlap(a.changes, b.changes) || overlap(a.changes, b.reads) || overlap(a.reads, b.changes)
}
