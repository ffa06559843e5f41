import { formatDuration } from '../words/duration.ts'

/** How many of a list are named before the rest is only counted. */
const namedAtMost = 5

/** Dollars and cents; what is less than a cent is not said to be nothing. */
export function sayUsd(usd: number): string {
  const isTiny = usd !== 0 && Math.abs(usd) < 0.01
  return `$${usd.toFixed(isTiny ? 4 : 2)}`
}

/** A span of time, by the second where it is longer than one. */
export function sayDuration(ms: number): string {
  return formatDuration(ms < 1_000 ? Math.round(ms) : Math.round(ms / 1_000) * 1_000)
}

const moments = new Intl.DateTimeFormat('sv-SE', { dateStyle: 'short', timeStyle: 'medium', timeZone: 'UTC' })
const days = new Intl.DateTimeFormat('sv-SE', { dateStyle: 'short', timeZone: 'UTC' })

/** A moment in UTC, the same on every machine. */
export function sayMoment(at: number): string {
  return `${moments.format(at)} UTC`
}

/** The day, in UTC, that is so many days after the first of 1970. */
function sayDay(day: number): string {
  return days.format(day * 24 * 60 * 60_000)
}

/** `a, b and c`, or the first few and how many more. */
export function sayList(items: readonly string[]): string {
  const named = items.length > namedAtMost ? items.slice(0, namedAtMost) : items.slice(0, -1)
  const last = items.length > namedAtMost ? `${items.length - namedAtMost} more` : items.at(-1)
  return named.length === 0 ? (last ?? 'nothing') : `${named.join(', ')} and ${last}`
}

/** `1 task`, `2 tasks`. */
export function sayCount(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`
}

/** A workstream by its key `<run>/<workstream>`; the run is said only where it is another. */
export function sayWorkstream(key: string, runId?: string): string {
  const cut = key.indexOf('/')
  const [run, id] = [key.slice(0, cut), key.slice(cut + 1)]
  return run === runId ? `workstream "${id}"` : `workstream "${id}" of run "${run}"`
}

/** A budget's scope. */
export function sayScope(scope: string): string {
  const cut = scope.indexOf('/')
  const [kind, name] = [scope.slice(0, cut), scope.slice(cut + 1)]
  if (kind === 'workstream') return sayWorkstream(name)
  if (kind !== 'user') return `${kind} "${name}"`
  const day = name.lastIndexOf('/')
  return `user "${name.slice(0, day)}" on ${sayDay(Number(name.slice(day + 1)))}`
}
