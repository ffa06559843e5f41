import type { CheckFunction } from './check-definition.ts'

const serials = new WeakMap<CheckFunction, number>()
let last = 0

/** A number for a function, the same as long as it lives: nothing else can be told of what it does. */
export function serialOf(check: CheckFunction): number {
  const known = serials.get(check) ?? ++last
  serials.set(check, known)
  return known
}
