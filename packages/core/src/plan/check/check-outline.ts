import type { PlanOutline } from '../outline.ts'
import type { Finding } from '../problem/plan-problem.ts'
import { checkAmounts } from './check-amounts.ts'
import { checkClaims } from './check-claims.ts'
import { checkCycles } from './check-cycles.ts'
import { checkIds } from './check-ids.ts'
import { checkLanding } from './check-landing.ts'
import { checkNeeds } from './check-needs.ts'
import { checkPatterns } from './check-patterns.ts'
import { checkTools } from './check-tools.ts'
import { checkContext, type CheckPlanOptions } from './context.ts'

/** All that is wrong with what a plan says, as far as it can be read. */
export function* checkOutline(
  plan: PlanOutline,
  options: CheckPlanOptions,
): Generator<Finding, void, undefined> {
  const context = checkContext(plan, options)
  for (const check of [
    checkIds,
    checkNeeds,
    checkCycles,
    checkTools,
    checkPatterns,
    checkClaims,
    checkAmounts,
    checkLanding,
  ]) {
    yield* check(context)
  }
}
