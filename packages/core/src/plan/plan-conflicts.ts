import { findConflicts, type HolderConflict } from '../claims/find-conflicts.ts'
import type { ClaimMatchOptions } from '../claims/overlap.ts'
import type { OutlineWorkstream } from './outline.ts'
import { claimsOf } from './plan-claims.ts'
import { orderOf, planNeeds, precedenceOf } from './plan-needs.ts'
import type { Plan } from './plan.ts'

/**
 * The pairs of workstreams that cannot run beside each other, each with a path that both claim. Those of which one
 * ends before the other begins never conflict; those that do not say what they write are left out, since they
 * would conflict with all others.
 * @throws `WS_CLAIM_INVALID`, in a plan with bad globs
 */
export function findPlanConflicts(plan: Plan, options: ClaimMatchOptions = {}): HolderConflict[] {
  const needs = planNeeds(plan)
  const precedence = precedenceOf(needs)
  const ordered = precedence === undefined ? () => false : orderOf(needs, precedence)
  return conflictsOf(plan.workstreams, { ...options, ordered })
}

/** The same for workstreams of which it is known who comes before whom. */
export function conflictsOf(
  workstreams: readonly OutlineWorkstream[],
  options: ClaimMatchOptions & { readonly ordered: (a: string, b: string) => boolean },
): HolderConflict[] {
  const holders = new Map(workstreams.map((workstream) => [workstream.id, claimsOf(workstream)]))
  const sure = [...holders].filter(([id, { isAssumed }]) => id !== '' && !isAssumed)
  return findConflicts(
    sure.map(([id, { claims }]) => ({ id, claims })),
    options,
  )
}
