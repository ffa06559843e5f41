import type { EntryView } from '../queue/entry-view.ts'
import type { EntryWaiting } from '../queue/entry-waiting.ts'
import { explainEntryProblem, explainEntryWaiting } from '../queue/explain-entry.ts'
import type { TargetStanding } from './view-targets.ts'

/** Why an entry is where it is. */
export interface EntryExplanation {
  readonly state: EntryView['state']
  readonly waiting: readonly EntryWaiting[]
  /** The same for people. */
  readonly text: string
}

/** Says why an entry is where it is. */
export function explainEntry(
  entry: EntryView,
  targets: readonly TargetStanding[],
  now: number,
): EntryExplanation {
  const { state, waiting, problem, spec, landedAs } = entry
  const target = targets.find(({ name }) => name === spec.target)
  return { state, waiting, text: sentence() }

  function sentence(): string {
    if (problem !== undefined) return `${state}: ${explainEntryProblem(problem)}`
    if (state === 'MERGED') {
      const held = target === undefined ? '' : explainHeld(target)
      return `${state} as ${landedAs?.slice(0, 12)}${held === '' ? '' : `; ${held}`}`
    }
    const [first] = waiting
    return first === undefined ? state : `${state}: ${explainEntryWaiting(first, now)}`
  }
}

/** What keeps a branch from following, in one clause; empty where nothing does. */
function explainHeld({ name, held, lags, detail }: TargetStanding): string {
  if (held === undefined) return ''
  const what = held.paths.length > 0 ? held.paths.slice(0, 3).join(', ') : (detail ?? 'the checkout')
  const more = held.paths.length > 3 ? ` and ${held.paths.length - 3} more` : ''
  const landings = lags === 1 ? '1 landing waits' : `${lags} landings wait`
  return `${landings} for ${what}${more} in ${held.where}: ${name} follows when that is clean`
}
