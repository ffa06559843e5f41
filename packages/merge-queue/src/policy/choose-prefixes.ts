import type { QueueSettings } from '../queue/queue-spec.ts'
import { planAdaptive } from './adaptive.ts'
import { chooseBatchBisect, chooseSerial, chooseSpeculative } from './classic.ts'
import type { LineView, TrialPlan } from './line-view.ts'

type Policy = Pick<QueueSettings, 'policy' | 'testEach'>

/**
 * The prefixes of a line that should be under test now, the most wanted first. Those that are under test and not
 * among them are stopped; those that are not yet are started as slots allow.
 */
export function choosePrefixes(view: LineView, settings: Policy): readonly number[] {
  return planTrials(view, settings).prefixes
}

/** The same, with what should be under test in case one of the entries is bad. */
export function planTrials(view: LineView, { policy, testEach }: Policy): TrialPlan {
  if (view.good >= view.failureRates.length) return { prefixes: [], forks: [] }
  if (policy === 'serial') return { prefixes: chooseSerial(view), forks: [] }
  if (policy === 'batch-bisect' && !testEach) return { prefixes: chooseBatchBisect(view), forks: [] }
  if (policy === 'speculative' || testEach) return { prefixes: chooseSpeculative(view), forks: [] }
  return planAdaptive(view)
}
