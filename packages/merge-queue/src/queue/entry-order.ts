import type { EntryState, QueueState, TargetState } from './queue-state.ts'

/**
 * One step of ageing, as core's: an entry that came a step earlier is as urgent as one of the next level that
 * comes now. In levels and steps both, so that it is a constant of the entry and no order ever turns by itself.
 */
const ageingStepMs = 30 * 60_000

/** The level of an entry that is queued now: lower is more urgent. */
export function levelAt(level: number, now: number): number {
  return level + Math.floor(now / ageingStepMs)
}

/** Whether it is still on its way. */
export function isLive({ phase }: EntryState): boolean {
  return phase.state === 'QUEUED' || phase.state === 'CHECKING' || phase.state === 'MERGING'
}

/** The target's live entries, most urgent first: what is past its intent, a person's commits, then level (own or inherited), then arrival. */
export function orderedEntries(state: QueueState, target: TargetState): readonly EntryState[] {
  const entries = [...target.live]
  const inherited = inheritedLevels(state, entries)
  const levelOf = (entry: EntryState) => inherited?.get(entry) ?? entry.level
  return entries.sort((a, b) => rankOf(a) - rankOf(b) || levelOf(a) - levelOf(b) || a.order - b.order)
}

/** What is being landed is on the target in a moment; what a person committed is on the branch already. */
function rankOf({ phase, spec }: EntryState): number {
  if (phase.state === 'MERGING') return 0
  return spec.kind === 'person' ? 1 : 2
}

/** Whoever is waited for is as urgent as the most urgent one that waits. */
function inheritedLevels(
  state: QueueState,
  entries: readonly EntryState[],
): ReadonlyMap<EntryState, number> | undefined {
  const waiting = entries.filter(({ spec }) => spec.after.length > 0)
  if (waiting.length === 0) return undefined
  const levels = new Map<EntryState, number>()
  // An entry can only wait for one that was there before it, so a walk upwards ends.
  const raise = (entry: EntryState, level: number): void => {
    if ((levels.get(entry) ?? entry.level) < level) return
    levels.set(entry, level)
    for (const id of entry.spec.after) {
      const before = state.entries.get(id)
      if (before !== undefined && isLive(before) && level < (levels.get(before) ?? before.level))
        raise(before, level)
    }
  }
  for (const entry of waiting) raise(entry, levels.get(entry) ?? entry.level)
  return levels
}
