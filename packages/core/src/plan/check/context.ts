import type { Precedence } from '../../graph/precedence.ts'
import { planNeeds, type PlanNeeds, precedenceOf } from '../plan-needs.ts'
import type { PlanOutline } from '../outline.ts'
import { type KnownTool, knownTools } from '../tool-choice.ts'

/** What a plan is checked against. */
export interface CheckPlanOptions {
  /** The tools that can be named, besides those that the plan describes. @default the built-in ones */
  readonly tools?: readonly (string | KnownTool)[]
  /** Checks that have a command elsewhere. With it, a name that is nowhere is an error rather than a warning. */
  readonly checks?: readonly string[]
  /** Take names that differ only in case for equal, as the repository's `core.ignorecase` says. @default false */
  readonly ignoreCase?: boolean
}

/** What the checks share: the plan and what follows from it. */
export interface CheckContext {
  readonly plan: PlanOutline
  readonly options: CheckPlanOptions
  readonly tools: ReadonlyMap<string, KnownTool>
  readonly needs: PlanNeeds
  /** Absent where tasks or workstreams wait for each other: then nothing can be said about order. */
  readonly precedence: Precedence | undefined
}

export function checkContext(plan: PlanOutline, options: CheckPlanOptions): CheckContext {
  const needs = planNeeds(plan)
  const precedence = precedenceOf(needs)
  return { plan, options, tools: knownTools(plan, options.tools), needs, precedence }
}
