import { Plan } from '../plan.ts'
import { type ForeignPart, present } from './foreign-part.ts'

/** Settings of a task that foreign plans may use under their own names. */
const sameNames = [
  'label',
  'tool',
  'model',
  'prompt',
  'run',
  'phase',
  'files',
  'inputs',
  'outputs',
  'artifacts',
  'timeout',
  'retries',
  'backoff',
  'env',
  'required',
  'uses',
  'guardrails',
] as const

/** The canonical settings of a task that a foreign plan gives in its own words; `id`, `needs` and `role` are the caller's. */
export function foreignTask(part: ForeignPart): Record<string, unknown> {
  const estimate = present({
    usd: part.take(['estimate', 'usd'], 'estimated_cost', 'est_cost'),
    minutes: part.take(['estimate', 'minutes'], 'estimated_duration_min'),
  })
  const task = part.takeAll(sameNames)
  // Only what has a goal and no prompt: where both are there the prompt is what the tool is asked.
  if (task['prompt'] === undefined && task['run'] === undefined) task['prompt'] = part.take('prompt', 'goal')
  return present({
    ...task,
    capabilities: part.take('capabilities', 'capabilities_required', 'capabilities'),
    estimate: Object.keys(estimate).length === 0 ? part.take('estimate', 'estimate') : estimate,
  })
}

/** Settings of the whole plan that a foreign plan may use under their own names. */
export const planSettings: readonly string[] = Object.keys(Plan.shape).filter(
  (key) => !['version', 'workstreams', 'order', 'metadata'].includes(key),
)

/** Numbers in foreign plans: 1 is high, 2 to 4 medium, 5 and above low. Words stay. */
export function foreignPriority(priority: unknown): unknown {
  if (typeof priority !== 'number' || !Number.isInteger(priority)) return priority
  if (priority <= 1) return 'high'
  return priority <= 4 ? 'medium' : 'low'
}

/** Patterns with `/`: foreign formats know no escapes, so a backslash is a Windows separator. */
export function foreignPatterns(value: unknown): unknown {
  if (!Array.isArray(value)) return typeof value === 'string' ? value.replaceAll('\\', '/') : value
  return value.map((item: unknown) => {
    if (typeof item === 'string') return item.replaceAll('\\', '/')
    if (typeof item !== 'object' || item === null || !('path' in item)) return item
    return typeof item.path === 'string' ? { ...item, path: item.path.replaceAll('\\', '/') } : item
  })
}
