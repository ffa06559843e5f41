import { BoundedCache } from './bounded-cache.ts'
import type { ClaimPattern } from './claim.ts'
import { compileClaim, type CompiledClaim, headsMeet } from './compiled-claim.ts'
import { sharedPath, sharePath } from './intersect-automata.ts'

/** How patterns are compared with paths and with each other. */
export interface ClaimMatchOptions {
  /** Take letters that differ only in case for equal, as the repository's `core.ignorecase` says. @default false */
  readonly ignoreCase?: boolean
}

/**
 * Whether some path belongs to both patterns: exact for the whole dialect of `docs/claims.md`.
 * @throws `WS_CLAIM_INVALID`
 */
export function claimsOverlap(
  a: string | ClaimPattern,
  b: string | ClaimPattern,
  options: ClaimMatchOptions = {},
): boolean {
  const ignoreCase = options.ignoreCase === true
  return compiledOverlap(compileClaim(a, ignoreCase), compileClaim(b, ignoreCase))
}

/**
 * The shortest path that belongs to both patterns, or undefined where there is none. Of several it is always the
 * same one, whichever pattern comes first, and of printable characters where that is possible.
 * @example overlapWitness('src/*.ts', 'src/auth.*') // 'src/auth.ts'
 * @throws `WS_CLAIM_INVALID`
 */
export function overlapWitness(
  a: string | ClaimPattern,
  b: string | ClaimPattern,
  options: ClaimMatchOptions = {},
): string | undefined {
  const ignoreCase = options.ignoreCase === true
  const [x, y] = [compileClaim(a, ignoreCase), compileClaim(b, ignoreCase)]
  if (!headsMeet(x.path.head, y.path.head)) return undefined
  // Of two trees the one within the other begins with the shortest path.
  const inner = x.path.head.length > y.path.head.length ? x.tree : y.tree
  if (!ignoreCase && x.tree !== undefined && y.tree !== undefined && inner !== '') return inner
  return x.key <= y.key ? sharedPath(x.automaton, y.automaton) : sharedPath(y.automaton, x.automaton)
}

/** `claimsOverlap` for claims that are compiled, each with the same `ignoreCase`. */
export function compiledOverlap(a: CompiledClaim, b: CompiledClaim): boolean {
  if (!headsMeet(a.path.head, b.path.head)) return false
  // A tree holds everything that begins with its head.
  if (a.tree !== undefined && a.path.head.length <= b.path.head.length) return !b.isEmpty
  if (b.tree !== undefined && b.path.head.length <= a.path.head.length) return !a.isEmpty
  const key = a.id < b.id ? a.id * MAX_IDS + b.id : b.id * MAX_IDS + a.id
  const known = a.id < MAX_IDS && b.id < MAX_IDS ? overlaps.get(key) : undefined
  if (known !== undefined) return known
  const overlap = sharePath(a.automaton, b.automaton)
  if (a.id < MAX_IDS && b.id < MAX_IDS) overlaps.set(key, overlap)
  return overlap
}

// Two ids fit into the 53 bits of a number; a process that compiled more claims than this goes on without the memory.
const MAX_IDS = 2 ** 26
const overlaps = new BoundedCache<number, boolean>(65_536)
