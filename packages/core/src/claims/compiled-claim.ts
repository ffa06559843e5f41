import { type Automaton, EVERYTHING } from './automaton.ts'
import type { ClaimPattern } from './claim.ts'
import { type CompiledPattern, requirePattern } from './compiled-pattern.ts'
import { sharePath } from './intersect-automata.ts'
import { claimInvalid, type PatternProblem, patternProblem } from './pattern-problem.ts'
import { RecentCache } from './recent-cache.ts'
import { subtractAutomata } from './subtract-automata.ts'

/** A claim's pattern with its exclusions, made ready to be compared. */
export class CompiledClaim {
  /** Increasing and never used again: pairs of claims are remembered by it. */
  readonly id = nextId++
  /** The patterns as written, the path first. */
  readonly key: string
  readonly path: CompiledPattern
  readonly exclude: readonly CompiledPattern[]
  readonly #ignoreCase: boolean
  #built: Automaton | PatternProblem | undefined
  #isEmpty: boolean | undefined

  constructor(key: string, { path, exclude = NONE }: ClaimPattern, ignoreCase: boolean) {
    this.key = key
    this.path = requirePattern(path, ignoreCase)
    this.exclude =
      exclude.length === 0 ? NO_EXCLUSIONS : exclude.map((pattern) => requirePattern(pattern, ignoreCase))
    this.#ignoreCase = ignoreCase
  }

  /** The path that, with everything below it, is the whole claim. */
  get tree(): string | undefined {
    return this.exclude.length === 0 ? this.path.tree : undefined
  }

  /** What the claim accepts. @throws `WS_CLAIM_INVALID` where its exclusions make it too large. */
  get automaton(): Automaton {
    const built = this.#build()
    if ('reason' in built) throw claimInvalid(built)
    return built
  }

  /** Why the claim as a whole is refused, though each of its patterns is valid. */
  get problem(): PatternProblem | undefined {
    const built = this.#build()
    return 'reason' in built ? built : undefined
  }

  /** Whether no path at all belongs to the claim. */
  get isEmpty(): boolean {
    this.#isEmpty ??= this.tree === undefined && !sharePath(this.automaton, EVERYTHING)
    return this.#isEmpty
  }

  #build(): Automaton | PatternProblem {
    if (this.exclude.length === 0) return this.path.automaton
    const cut = this.exclude.filter((pattern) => headsMeet(pattern.head, this.path.head))
    this.#built ??=
      subtractAutomata(
        this.path.automaton,
        cut.map((pattern) => pattern.automaton),
        this.#ignoreCase,
      ) ?? patternProblem(this.key.split('\0')[1]!, 0, 'too-complex')
    return this.#built
  }
}

/** Compiles a claim, or gives back one compiled lately. @throws `WS_CLAIM_INVALID` */
export function compileClaim(claim: string | ClaimPattern, ignoreCase: boolean): CompiledClaim {
  const path = typeof claim === 'string' ? claim : claim.path
  const exclude = typeof claim === 'string' ? NONE : (claim.exclude ?? NONE)
  const hasExclusions = exclude.length > 0
  // No valid pattern holds a NUL; with the count, no invalid one can pass for a claim that is known.
  const key = hasExclusions ? [exclude.length, path, ...exclude].join('\0') : path
  const cache = CACHES[(ignoreCase ? 1 : 0) + (hasExclusions ? 2 : 0)]!
  const known = cache.get(key)
  if (known) return known
  const compiled = new CompiledClaim(key, { path, exclude }, ignoreCase)
  cache.set(key, compiled)
  return compiled
}

/** Whether paths may begin with both heads. */
export function headsMeet(a: readonly string[], b: readonly string[]): boolean {
  const shared = Math.min(a.length, b.length)
  for (let i = 0; i < shared; i++) if (a[i] !== b[i]) return false
  return true
}

const NONE: readonly string[] = []
const NO_EXCLUSIONS: readonly CompiledPattern[] = []
const CACHE_PLACES = 8192
const CACHES = Array.from({ length: 4 }, () => new RecentCache<CompiledClaim>(CACHE_PLACES))
let nextId = 0
