import { checkClaim } from '../claims/check-claim.ts'
import type { Claim, ClaimPattern } from '../claims/claim.ts'
import { matchesClaim } from '../claims/match-claim.ts'
import { normalizePattern } from '../claims/parse-pattern.ts'
import { overlapWitness } from '../claims/overlap.ts'
import type { OutlineTask, OutlineWorkstream } from './outline.ts'

/** What a workstream holds, and where that comes from. */
interface WorkstreamClaims {
  /** Empty for work that only reads. */
  readonly claims: readonly Claim[]
  /** Nothing in the plan says what it may write, so it holds everything, shared. */
  readonly isAssumed: boolean
  /** Declared outputs that no claim covers; they were added to the claims. */
  readonly uncovered: readonly { readonly task: number; readonly output: number }[]
}

const everything: Claim = { path: '**', mode: 'shared' }

/**
 * The claims of a workstream: what it and its tasks name; without that, its tasks' outputs and files; without these
 * too, everything, shared. Work that only verifies claims nothing. Outputs always belong to the claims.
 * @throws `WS_CLAIM_INVALID`
 */
export function claimsOf({
  claims: own,
  tasks,
}: Pick<OutlineWorkstream, 'claims' | 'tasks'>): WorkstreamClaims {
  const writers = tasks.filter(({ role }) => role !== 'verify')
  const isDeclared = own !== undefined || writers.some(({ claims }) => claims !== undefined)
  const named = [...(own ?? []), ...writers.flatMap(({ claims = [] }) => claims)]
  const claims = isDeclared
    ? named
    : writers.flatMap(({ outputs, files }) => [...outputs, ...files].map(exclusive))
  if (own === undefined && isDeclared) {
    for (const task of writers) if (task.claims === undefined) claims.push(...task.files.map(exclusive))
  }
  const uncovered: { task: number; output: number }[] = []
  for (const [task, output, path] of outputsOf(tasks)) {
    if (!isDeclared || covers(claims, path)) continue
    claims.push(exclusive(path))
    if (own !== undefined || tasks[task]?.claims !== undefined) uncovered.push({ task, output })
  }
  const saysNothing = own === undefined && writers.some((task) => task.claims === undefined)
  const isAssumed = claims.length === 0 && saysNothing
  return { claims: isAssumed ? [everything] : distinct(claims), isAssumed, uncovered }
}

/**
 * Whether every path of the pattern belongs to one of the claims. A name also stands for what is below it, which a
 * claim of `src/*.ts` does not have; but nothing is below a file, so what lies below covered paths is left out.
 */
export function covers(claims: readonly ClaimPattern[], pattern: string): boolean {
  const plain = normalizePattern(pattern)
  if (isFile.test(plain)) return claims.some((claim) => matchesClaim(claim, plain))
  return claims.some(({ path, exclude = [] }) => {
    if (path === pattern && exclude.length === 0) return true
    const rest: ClaimPattern = { path: pattern, exclude: path.endsWith('**') ? [path] : [path, `${path}/**`] }
    // Too much together, though each is valid: said to be not covered, which only adds a claim.
    if (checkClaim(rest).length > 0 || overlapWitness(rest, '**') !== undefined) return false
    return exclude.every((hole) => overlapWitness(pattern, hole) === undefined)
  })
}

/** A plain path, by far the commonest output. */
const isFile = /^[^*?[\]{}\\/]+(\/[^*?[\]{}\\/]+)*$/

function* outputsOf(tasks: readonly OutlineTask[]): Generator<[task: number, output: number, path: string]> {
  for (const [task, { role, outputs }] of tasks.entries()) {
    if (role === 'verify') continue
    for (const [output, path] of outputs.entries()) if (path !== '') yield [task, output, path]
  }
}

function exclusive(path: string): Claim {
  return { path, mode: 'exclusive' }
}

function distinct(claims: readonly Claim[]): Claim[] {
  const seen = new Set<string>()
  return claims.filter((claim) => {
    const key = JSON.stringify([claim.path, claim.mode, claim.exclude])
    return claim.path !== '' && !seen.has(key) && seen.add(key)
  })
}
