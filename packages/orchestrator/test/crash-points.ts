/** Where a run is killed: around a call of git, around one that may change something, or around an append to its log. */
export interface KillPoint {
  readonly what: 'git' | 'change' | 'append'
  readonly at: number
  readonly when: 'before' | 'after'
}

/** About as many as the story makes; the test of the story that nobody kills says when that is no longer so. */
export const pointCounts = { git: 90, change: 53, append: 37 }

/** Whether a run is sure to come to a point: of the last ones there may be one less. */
export function isSure({ what, at }: KillPoint): boolean {
  return at <= pointCounts[what] * 0.9
}

/**
 * Each call of git that may change something, in turn before and after it is made. What is on disk before such a call is
 * what was there after the one before and around all that only look in between, but for appends.
 */
export function changePoints(half: 0 | 1): readonly KillPoint[] {
  return Array.from({ length: pointCounts.change }, (_, index) => index + 1).flatMap((at) =>
    at % 4 < 2 === (half === 0) ? [{ what: 'change', at, when: at % 2 === 0 ? 'before' : 'after' }] : [],
  )
}

/** Each append, before it is stored or after: before it what was done is not known, after it what is known is not done. */
export function appendPoints(when: KillPoint['when']): readonly KillPoint[] {
  return Array.from({ length: pointCounts.append }, (_, index) => ({ what: 'append', at: index + 1, when }))
}

/** How many seeds name one point each; the seeds from here on name two. */
export const singleCount: number = 2 * (pointCounts.git + pointCounts.append)

/** A seed's points: at first each call of git and each append, before and after, then two at random, the second on the way on from the first. */
export function pointsOf(seed: number): readonly [KillPoint, ...KillPoint[]] {
  if (seed < singleCount) return [pointOf(seed)]
  const first = scatter(seed)
  return [pointOf(first % singleCount), pointOf(scatter(first) % singleCount)]
}

function pointOf(seed: number): KillPoint {
  const when = seed % 2 === 0 ? 'before' : 'after'
  const at = Math.floor(seed / 2) + 1
  return at <= pointCounts.git
    ? { what: 'git', at, when }
    : { what: 'append', at: at - pointCounts.git, when }
}

/** Neighbouring seeds become far points. */
function scatter(seed: number): number {
  const mixed = Math.imul(seed ^ (seed >>> 15), 0x2c_1b_3c_6d)
  return (mixed ^ (mixed >>> 12)) >>> 0
}
