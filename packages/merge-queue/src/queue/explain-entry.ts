import { formatDuration } from '@ws/core'
import type { EntryWaiting } from './entry-waiting.ts'
import type { EntryProblem } from './queue-effect.ts'
import type { FreezeReason } from './queue-event.ts'
import type { FileConflict } from './queue-input.ts'

/** What an entry waits for, as a clause to stand after "waits:". */
export function explainEntryWaiting(waiting: EntryWaiting, now?: number): string {
  switch (waiting.for) {
    case 'resume':
      return 'the queue is paused (`ws merge resume`)'
    case 'thaw':
      return `nothing lands on ${waiting.target}: ${explainFreeze(waiting.because)}`
    case 'approval':
      return 'its checks have passed and it waits for approval (`ws merge approve`)'
    case 'base':
      return `entry "${waiting.entryId}", which it comes after, is ${waiting.state}; it goes on when that has landed`
    case 'entry':
      return `entry "${waiting.entryId}" must land first, which is ${waiting.state}`
    case 'conflict':
      return `it conflicts with entry "${waiting.entryId}" before it${inPaths(waiting.paths)}, and waits for what becomes of that`
    case 'ahead':
      return waiting.count === 1 ? 'one entry is before it' : `${waiting.count} entries are before it`
    case 'landing':
      return waiting.entryIds.length === 0
        ? 'it is about to land'
        : `a landing is under way: ${sayIds(waiting.entryIds)}`
    case 'look':
      return `nobody has looked yet where ${waiting.target} stands`
    case 'trouble': {
      const after =
        now === undefined
          ? ''
          : ` in ${formatDuration(Math.max(0, Math.round((waiting.retryAt - now) / 1_000) * 1_000))}`
      return `${sayWhat(waiting.what)} did not work (${waiting.detail}); it is tried again${after}`
    }
    case 'candidate':
      return 'its candidate is being built'
    case 'check':
      return waiting.entryIds.length < 2
        ? `check "${waiting.check}" is running on it`
        : `check "${waiting.check}" is running on it together with ${waiting.entryIds.length - 1} before or behind it`
    case 'culprit':
      return `one of ${sayIds(waiting.entryIds)} fails; which one is being looked for`
    case 'slot':
      return waiting.slots === 1
        ? 'the one slot for checks is taken'
        : `all ${waiting.slots} slots for checks are taken`
  }
}

/** Why an entry left the queue without landing, as a sentence without its full stop. */
export function explainEntryProblem(problem: EntryProblem): string {
  switch (problem.reason) {
    case 'conflicted':
      return `it cannot be merged${inPaths(problem.conflicts.map(({ path }) => path))}${problem.with === undefined ? '' : `, where entry "${problem.with}" has changed the same`}`
    case 'check-failed': {
      const names = problem.checks.map(({ name, detail }) => `"${name}" (${detail})`)
      const why = `${names.length === 1 ? 'check' : 'checks'} ${sayList(names)} failed`
      if (problem.together === undefined) return why
      return `${why}, though only for ${sayIds(problem.together)} together: each passes alone`
    }
    case 'impossible':
      return `it cannot land: ${problem.detail}`
    case 'infrastructure':
      return `it could not be looked at: ${problem.detail}`
  }
}

/** Why nothing lands on a target, and what would change that. */
export function explainFreeze(freeze: FreezeReason): string {
  switch (freeze.reason) {
    case 'asked':
      return `frozen: ${freeze.detail}`
    case 'infrastructure':
      return `what checks and landings need does not work: ${freeze.detail}; thaw it when it does`
    case 'refused':
      return `the remote refused it: ${freeze.detail}; thaw it when it would not`
    case 'rewound':
      return 'the branch no longer holds what was landed on it; put it back, or thaw it and adopt the branch as it stands'
    case 'deleted':
      return 'the branch is gone; make it again and thaw it'
    case 'person-failed':
      return 'what was committed on it directly does not pass; mend it there with another commit'
  }
}

/** A conflict with the place in the file where it begins. */
export function explainConflict({ path, reason, hunks }: FileConflict): string {
  const lines = hunks.map(({ line }) => line)
  const where =
    lines.length === 0 ? '' : ` at line${lines.length === 1 ? '' : 's'} ${sayList(lines.map(String))}`
  return `${path} (${reason})${where}`
}

function sayWhat(what: string): string {
  if (what === 'build') return 'building a candidate'
  return what === 'land' ? 'landing' : `check "${what.slice('check/'.length)}"`
}

function inPaths(paths: readonly string[]): string {
  return paths.length === 0 ? '' : ` in ${sayList(paths)}`
}

function sayIds(ids: readonly string[]): string {
  return sayList(ids.map((id) => `"${id}"`))
}

/** How many of a list are named before the rest is only counted. */
const namedAtMost = 5

function sayList(items: readonly string[]): string {
  const isLong = items.length > namedAtMost
  const named = isLong ? items.slice(0, namedAtMost) : items.slice(0, -1)
  const last = isLong ? `${items.length - namedAtMost} more` : (items.at(-1) ?? 'nothing')
  return named.length === 0 ? last : `${named.join(', ')} and ${last}`
}
