import { createHash } from 'node:crypto'
import { type Plan, planToInput } from '@ws/core'

/** Under which name the metadata of a run says of which plan it is. */
export const planKeyName = 'planKey'

/** What is the same for every call about one plan, whatever is said beside it: budget, limits, tool, approval. */
export function planKeyOf(plan: Plan): string {
  const { budget: _budget, concurrency: _slots, defaults: _defaults, merge: _landing, ...rest } = plan
  const workstreams = plan.workstreams.map(({ merge: _merge, ...workstream }) => workstream)
  const text = JSON.stringify(planToInput({ ...rest, workstreams }))
  return createHash('sha256').update(text).digest('hex').slice(0, 16)
}
