import { type Check, checkKey, type Config, type Plan } from '@ws/core'
import { discoverCheck } from './discover-check.ts'
import { invalidError } from './invalid-error.ts'

/** Settings in which every check that a plan names has a command. */
export interface NamedChecks {
  readonly config: Config
  /** Which commands were taken from the repository: a sentence for each. */
  readonly found: readonly string[]
}

/**
 * Gives the checks that a plan only names their commands: from the plan and the settings under any spelling, else
 * from what the repository shows.
 * @throws `WS_CLI_INVALID` with the line to add for each that nothing defines
 */
export function withNamedChecks(
  { file, plan }: { readonly file: string; readonly plan: Plan },
  config: Config,
  root: string,
): NamedChecks {
  const defined: Record<string, Check> = { ...config.checks, ...plan.checks }
  const added: Record<string, Check> = {}
  const found: string[] = []
  const unknown: string[] = []
  for (const name of namesOf(plan, config)) {
    if (defined[name] !== undefined) continue
    const same = Object.keys(defined).find((each) => checkKey(each) === checkKey(name))
    const shown = same === undefined ? discoverCheck(name, root) : undefined
    const check = same === undefined ? shown?.check : defined[same]
    if (check === undefined) unknown.push(name)
    else added[name] = check
    if (shown !== undefined) found.push(`check "${name}": ${shown.because}`)
  }
  if (unknown.length === 0) return { config: { ...config, checks: { ...config.checks, ...added } }, found }
  throw invalidError(
    unknown.map((name) => `${file}: nothing says what the check "${name}" runs`).join('\n'),
    `add to ws.yaml: checks: { ${unknown.map((name) => `${name}: { run: … }`).join(', ')} }`,
  )
}

function namesOf({ merge, workstreams }: Plan, config: Config): ReadonlySet<string> {
  const common = merge?.checks ?? config.merge?.checks ?? []
  return new Set([
    ...common,
    ...(merge?.advisory ?? config.merge?.advisory ?? []),
    ...workstreams.flatMap(({ checks }) => checks ?? []),
  ])
}
