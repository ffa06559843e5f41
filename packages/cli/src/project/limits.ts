import type { Config, Plan } from '@ws/core'
import { amountOf, countOf, requireAmount, requireCount } from '../arguments/parse-arguments.ts'
import type { Given } from '../arguments/command.ts'
import type { Terminal } from '../terminal.ts'

/** Tasks at once where nothing says otherwise. */
const defaultConcurrency = 3

/**
 * How many tasks run at once, of all runs together: the option, the environment, the plans, the settings, three; never
 * more than the settings' ceiling.
 */
export function concurrencyOf(
  given: Pick<Given, 'values'>,
  { env }: Pick<Terminal, 'env'>,
  { config, plans }: { readonly config: Config; readonly plans: readonly Plan[] },
): number {
  const said = plans.flatMap(({ concurrency }) => concurrency ?? [])
  const wanted =
    countOf(given, 'max-concurrent') ??
    countFrom(env, 'WS_MAX_CONCURRENT') ??
    config.concurrency ??
    Math.max(defaultConcurrency, ...said)
  return Math.min(wanted, config.ceilings?.concurrency ?? wanted)
}

/** A plan as the command wants it: with its limits, and with `--yes` without approvals. */
export function asGiven(plan: Plan, given: Given, { env }: Pick<Terminal, 'env'>): Plan {
  const usd = amountOf(given, 'budget') ?? amountFrom(env, 'WS_BUDGET_USD')
  const concurrency = countOf(given, 'max-concurrent') ?? countFrom(env, 'WS_MAX_CONCURRENT')
  const approval = given.flags.has('yes') ? ({ approve: 'auto' } as const) : {}
  return {
    ...plan,
    merge: { ...plan.merge, ...approval },
    workstreams: plan.workstreams.map((workstream) => ({
      ...workstream,
      ...(workstream.merge === undefined ? {} : { merge: { ...workstream.merge, ...approval } }),
    })),
    ...(usd === undefined ? {} : { budget: { ...plan.budget, usd } }),
    ...(concurrency === undefined ? {} : { concurrency }),
  }
}

function countFrom(env: Terminal['env'], name: string): number | undefined {
  const text = env[name]
  return text === undefined || text === '' ? undefined : requireCount(text, name)
}

function amountFrom(env: Terminal['env'], name: string): number | undefined {
  const text = env[name]
  return text === undefined || text === '' ? undefined : requireAmount(text, name)
}
