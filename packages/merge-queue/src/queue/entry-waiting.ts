import { isLive } from './entry-order.ts'
import type { Line } from './line.ts'
import { linesOf, lostBaseOf, mayBeBuiltOn } from './lines.ts'
import type { FreezeReason } from './queue-event.ts'
import type { EntryPhase, EntryState, QueueState, TargetState } from './queue-state.ts'
import { judge, keyOf } from './verdict.ts'

/** One thing that an entry waits for. Entries are named by id. */
export type EntryWaiting =
  // until a person does something
  | { readonly for: 'resume' }
  | { readonly for: 'thaw'; readonly target: string; readonly because: FreezeReason }
  | { readonly for: 'approval' }
  // other entries
  | { readonly for: 'base'; readonly entryId: string; readonly state: EntryPhase['state'] }
  | { readonly for: 'entry'; readonly entryId: string; readonly state: EntryPhase['state'] }
  | { readonly for: 'conflict'; readonly entryId: string; readonly paths: readonly string[] }
  | { readonly for: 'ahead'; readonly count: number }
  | { readonly for: 'landing'; readonly entryIds: readonly string[] }
  // the world
  | { readonly for: 'look'; readonly target: string }
  | { readonly for: 'trouble'; readonly what: string; readonly detail: string; readonly retryAt: number }
  | { readonly for: 'candidate' }
  | {
      readonly for: 'check'
      readonly check: string
      readonly startedAt: number
      /** Tested as one with these, itself among them. */
      readonly entryIds: readonly string[]
    }
  /** Somebody among these fails; who it is, is being looked for. */
  | { readonly for: 'culprit'; readonly entryIds: readonly string[] }
  | { readonly for: 'slot'; readonly slots: number }

/** What an entry waits for, the most telling first; nothing for one that waits no more. */
export function entryWaiting(state: QueueState, entry: EntryState): readonly EntryWaiting[] {
  const target = state.targets.get(entry.spec.target)
  if (!isLive(entry) || target === undefined) return []
  const waits: EntryWaiting[] = []
  if (entry.phase.state === 'MERGING')
    return [{ for: 'landing', entryIds: target.landing?.entryIds ?? [entry.id] }]
  if (state.isPaused) waits.push({ for: 'resume' })
  for (const because of target.freezes.values()) waits.push({ for: 'thaw', target: target.name, because })
  const base = lostBaseOf(state, entry)
  if (base !== undefined) return [...waits, { for: 'base', entryId: base.id, state: base.phase.state }]
  if (target.landed === undefined) waits.push({ for: 'look', target: target.name })
  if (entry.parkedBehind !== undefined) {
    const { entryId, conflicts } = entry.parkedBehind
    waits.push({ for: 'conflict', entryId, paths: conflicts.map(({ path }) => path) })
  }
  if (!mayBeBuiltOn(entry) && entry.checkedOn !== undefined) return [...waits, { for: 'approval' }]
  for (const [what, { detail, retryAt }] of target.troubles) {
    if (retryAt !== undefined) waits.push({ for: 'trouble', what, detail, retryAt })
  }
  const line = linesOf(state, target).find(({ entries }) => entries.includes(entry))
  // Parked behind one that goes nowhere it is in a line all the same.
  if (line !== undefined)
    return [...waits.filter((wait) => wait.for !== 'conflict'), ...waitingInLine(state, target, line, entry)]
  for (const id of entry.spec.after) {
    const before = state.entries.get(id)
    if (before !== undefined && before.phase.state !== 'MERGED')
      waits.push({ for: 'entry', entryId: id, state: before.phase.state })
  }
  return waits
}

function waitingInLine(
  state: QueueState,
  target: TargetState,
  line: Line,
  entry: EntryState,
): readonly EntryWaiting[] {
  const place = line.entries.indexOf(entry) + 1
  const runs = runsCovering(state, target, line, place)
  const { good, failed } = judge(state, line)
  const [bad] = failed
  if (bad !== undefined && place > good && bad - good > 1) {
    const entryIds = line.nodes.slice(good, bad).map((node) => node.entry.id)
    return [{ for: 'culprit', entryIds }, ...runs]
  }
  if (runs.length > 0) return runs
  if (place <= good) {
    const entryIds = target.landing?.entryIds ?? []
    return [{ for: 'landing', entryIds }]
  }
  if (place > line.nodes.length && line.wants !== undefined && line.nodes.length === place - 1)
    return [{ for: 'candidate' }]
  if (place > 1) return [{ for: 'ahead', count: place - 1 }]
  return [{ for: 'slot', slots: state.settings.slots }]
}

/** The runs of the shortest tested prefix that the entry is part of. */
function runsCovering(
  state: QueueState,
  target: TargetState,
  { nodes }: Line,
  place: number,
): readonly EntryWaiting[] {
  for (let k = place; k <= nodes.length; k++) {
    const { candidate, required } = nodes[k - 1]!
    const entryIds = nodes.slice(0, k).map(({ entry }) => entry.id)
    const keys = new Set(required.map((check) => `${check} ${keyOf(candidate, check)}`))
    const runs = [...state.runs.values()].filter(
      ({ target: name, check, key }) => name === target.name && keys.has(`${check} ${key}`),
    )
    if (runs.length > 0)
      return runs.map(({ check, startedAt }) => ({ for: 'check', check, startedAt, entryIds }))
  }
  return []
}
