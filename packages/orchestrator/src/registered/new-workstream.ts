import { Plan, type PlanInput, planToInput, type WorkstreamInput, WsError } from '@ws/core'
import * as z from 'zod'

/** A workstream that is made now and started later: a prompt with what is said of it, or a plan. */
export type NewWorkstream = {
  /** What it is called: letters, digits, `.`, `_` and `-`. */
  readonly slug: string
} & (
  | ({ readonly prompt: string } & Pick<WorkstreamInput, 'claims' | 'priority'> & {
        readonly tool?: string
        /** Slugs of workstreams that must be done before. */
        readonly needs?: readonly string[]
      })
  | { readonly plan: PlanInput | Plan }
)

/** What is kept of a new workstream. */
export interface DraftedWorkstream {
  readonly slug: string
  readonly plan: PlanInput
  readonly isWhole: boolean
}

/**
 * The plan that does a new workstream.
 * @throws `WS_PLAN_INVALID` naming what is wrong with it
 */
export function draftWorkstream(made: NewWorkstream): DraftedWorkstream {
  if ('plan' in made) {
    // A run of its own: its id belongs to one run, not to each.
    const { runId: _, ...plan } = planToInput(parse(made.plan))
    return { slug: made.slug, plan, isWhole: true }
  }
  const { slug, prompt, claims, priority, tool, needs } = made
  const plan: PlanInput = {
    workstreams: [
      {
        id: slug,
        ...(claims === undefined ? {} : { claims }),
        ...(priority === undefined ? {} : { priority }),
        ...(needs === undefined || needs.length === 0 ? {} : { needs: [...needs] }),
        tasks: [{ id: slug, prompt, ...(tool === undefined ? {} : { tool }) }],
      },
    ],
  }
  return { slug, plan: planToInput(parse(plan)), isWhole: false }
}

function parse(plan: PlanInput | Plan): Plan {
  const parsed = Plan.safeParse(plan)
  if (parsed.success) return parsed.data
  throw new WsError('WS_PLAN_INVALID', `the plan cannot be run: ${z.prettifyError(parsed.error)}`, {
    hint: 'parsePlan and checkPlan name every problem with its place',
  })
}
