import { ANY_SYMBOL, type Automaton, isPath, symbolSet } from './automaton.ts'
import { foldText } from './case-folding.ts'
import type { ClaimPattern } from './claim.ts'
import type { ClaimMatchOptions } from './overlap.ts'
import { setHas, SLASH } from './code-point-set.ts'
import { compileClaim, type CompiledClaim } from './compiled-claim.ts'
import type { CompiledPattern } from './compiled-pattern.ts'

/**
 * Whether a path belongs to a pattern. The path is as git prints it: from the root, separated by `/`; a text that is
 * no such path (absolute, with `..`, ending in `/`) belongs to nothing.
 * @throws `WS_CLAIM_INVALID`
 */
export function matchesClaim(
  claim: string | ClaimPattern,
  path: string,
  options: ClaimMatchOptions = {},
): boolean {
  const ignoreCase = options.ignoreCase === true
  return isPath(path) && matchesCompiled(compileClaim(claim, ignoreCase), ignoreCase ? foldText(path) : path)
}

/**
 * The changed paths that no claim covers, exclusive or shared, in the order given.
 * @throws `WS_CLAIM_INVALID`
 */
export function violations(
  claims: readonly (string | ClaimPattern)[],
  changedPaths: Iterable<string>,
  options: ClaimMatchOptions = {},
): string[] {
  const ignoreCase = options.ignoreCase === true
  const compiled = claims.map((claim) => compileClaim(claim, ignoreCase))
  const outside: string[] = []
  for (const path of changedPaths) {
    const text = ignoreCase ? foldText(path) : path
    if (!isPath(path) || !compiled.some((claim) => matchesCompiled(claim, text))) outside.push(path)
  }
  return outside
}

// The exclusions are asked one by one, so a path is judged without the automaton of the whole claim.
function matchesCompiled(claim: CompiledClaim, path: string): boolean {
  return matchesPattern(claim.path, path) && !claim.exclude.some((pattern) => matchesPattern(pattern, path))
}

function matchesPattern(pattern: CompiledPattern, path: string): boolean {
  const { tree } = pattern
  if (tree === undefined) return accepts(pattern.automaton, path)
  if (tree === '') return true
  return path.startsWith(tree) && (path.length === tree.length || path.charCodeAt(tree.length) === SLASH)
}

/** Follows all states at once, so that no pattern is slow on any path. */
function accepts(automaton: Automaton, path: string): boolean {
  let states = [0]
  const reachedAt = new Int32Array(automaton.edges.length).fill(-1)
  let i = 0
  while (i < path.length && states.length > 0) {
    const codePoint = path.codePointAt(i)!
    const next: number[] = []
    for (const state of states) {
      const edges = automaton.edges[state]!
      for (let edge = 0; edge < edges.length; edge += 2) {
        const target = edges[edge + 1]!
        if (reachedAt[target] === i || !reads(automaton, edges[edge]!, codePoint)) continue
        reachedAt[target] = i
        next.push(target)
      }
    }
    states = next
    i += codePoint > 0xffff ? 2 : 1
  }
  return states.some((state) => automaton.accepting[state])
}

function reads(automaton: Automaton, symbol: number, codePoint: number): boolean {
  if (symbol >= 0) return symbol === codePoint
  if (codePoint === SLASH) return false
  return symbol === ANY_SYMBOL || setHas(symbolSet(automaton, symbol), codePoint)
}
