/**
 * Durations as they may turn out: each between half and twice the estimate, mostly near it. What looks like chance is
 * a hash of the number of the variant and that of the task, since the same run must be rehearsed alike everywhere; a
 * quotient and no power, since engines may round powers differently.
 */
export function roughDurations(durations: Float64Array, variant: number): Float64Array {
  return durations.map(
    (ms, task) => (ms * (1 + fraction(variant, task, 1))) / (1 + fraction(variant, task, 2)),
  )
}

/** From 0 up to, not including, 1. */
function fraction(variant: number, task: number, draw: number): number {
  let hash =
    Math.imul(variant + 1, 0x9e3779b1) ^ Math.imul(task + 1, 0x85ebca77) ^ Math.imul(draw, 0xc2b2ae3d)
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d)
  hash = Math.imul(hash ^ (hash >>> 12), 0x297a2d39)
  return ((hash ^ (hash >>> 15)) >>> 0) / 0x1_0000_0000
}
