import {
  builtInTools,
  checkPlan,
  formatProblems,
  isWsError,
  type Plan,
  resolveRun,
  toolKey,
  WsError,
} from '@ws/core'
import { planWorkstreams, type PlannedWorkstreams, type PlanWorkstreamsOptions } from '@ws/orchestrator'
import type { Given } from '../arguments/command.ts'
import { usageError } from '../arguments/usage-error.ts'
import { didYouMean } from '../output/did-you-mean.ts'
import type { Terminal } from '../terminal.ts'
import { invalidError } from './invalid-error.ts'
import { asGiven } from './limits.ts'
import { withNamedChecks } from './named-checks.ts'
import type { Project } from './open-project.ts'
import { readRecords } from './read-log.ts'
import { readPlans, type ReadPlan } from './read-plans.ts'
import { selectionOf } from './selection.ts'
import { projectTools } from './tools.ts'

/** A plan that may be started, with settings that have the commands of the checks that it only names. */
export interface Prepared extends ReadPlan {
  readonly project: Project
}

/** What is to be started. */
export interface Wanted extends PlanWorkstreamsOptions {
  readonly files: readonly string[]
}

/**
 * Reads, checks and limits everything that is to be started, before any of it is.
 * @throws `WS_CLI_INVALID`, `WS_CLI_USAGE`, `WS_SLUG_UNKNOWN`, `WS_WORKSTREAM_BEGUN`, `WS_SELECTION_UNKNOWN`
 */
export async function gatherPlans(
  { files, ...wanted }: Wanted,
  {
    given,
    terminal,
    project,
  }: { readonly given: Given; readonly terminal: Terminal; readonly project: Project },
): Promise<{ readonly plans: readonly Prepared[]; readonly left: PlannedWorkstreams['left'] }> {
  const { repository } = project
  const isQuiet = (wanted.slugs ?? []).length + (wanted.prompts ?? []).length === 0
  const registered = isQuiet ? [] : (await readRecords(repository.facts)).registered
  const { plans, left } = plansOf(registered, wanted)
  const read = await readPlans(files, project, terminal.cwd)
  const made = plans.map((plan) => checked(plan, project))
  const prepared = [...made, ...read].map((each) => {
    const { config, found } = withNamedChecks(each, project.config, project.root)
    if (!given.flags.has('json')) {
      if (each.warnings !== '') terminal.err(`${each.warnings}\n`)
      for (const sentence of found) terminal.err(`${each.file}: ${sentence}\n`)
    }
    const plan = withTool(asGiven(each.plan, given, terminal), given, project)
    return { ...each, plan, project: { ...project, config } }
  })
  requireSelected(prepared, given)
  return { plans: prepared, left }
}

/** A word that no workstream has may have been meant as a prompt, which quotes cannot say. @throws `WS_SLUG_UNKNOWN` */
function plansOf(
  registered: Parameters<typeof planWorkstreams>[0],
  wanted: PlanWorkstreamsOptions,
): PlannedWorkstreams {
  try {
    return planWorkstreams(registered, wanted)
  } catch (error) {
    const word = wanted.slugs?.find((each) => registered.every(({ slug }) => slug !== each))
    if (!isWsError(error, 'WS_SLUG_UNKNOWN') || word === undefined || /[*?]/.test(word)) throw error
    throw new WsError(error.code, error.message, {
      details: error.details,
      hint: `${error.hint === undefined ? '' : `${error.hint}; `}as a prompt: ws run --prompt ${word}`,
      cause: error,
    })
  }
}

/** A plan that no file has: its mistakes have no line. */
function checked(plan: Plan, { config, repository }: Project): ReadPlan {
  const { problems, warnings } = checkPlan(plan, {
    tools: projectTools(config),
    checks: Object.keys(config.checks),
    ignoreCase: repository.facts.ignoreCase,
  })
  const file = plan.name ?? 'the plan'
  if (problems.length > 0) throw invalidError(formatProblems(problems), 'nothing was started')
  const free = plan.workstreams.flatMap(({ id, claims }) => (claims === undefined ? [id] : []))
  // There is no plan to write claims into: what that means is said in a sentence.
  const others = warnings.filter(({ code }) => code !== 'WS_PLAN_CLAIMS_MISSING')
  return {
    file,
    plan,
    warnings: [
      ...(free.length === warnings.length - others.length && free.length > 0
        ? [`${free.join(', ')}: may write anything, beside others; ws new has --claims`]
        : []),
      ...(others.length > 0 ? [formatProblems(others)] : []),
    ].join('\n'),
  }
}

/** With the tool of tasks that name none. @throws `WS_CLI_USAGE` with the nearest name */
function withTool(plan: Plan, { values }: Given, { config }: Project): Plan {
  const tool = values.get('tool')
  if (tool === undefined) return plan
  const names = [...new Set([...Object.keys({ ...config.tools, ...plan.tools }), ...builtInTools])]
  const found = names.find((name) => toolKey(name) === toolKey(tool))
  if (found === undefined)
    throw usageError(`there is no tool ${JSON.stringify(tool)}`, didYouMean(tool, names))
  return { ...plan, defaults: { ...plan.defaults, tool: found } }
}

/** Names that no plan has are refused while nothing has been started. */
function requireSelected(plans: readonly Prepared[], given: Given): void {
  const { only, steps } = selectionOf(given)
  if (only === undefined && steps === undefined) return
  const select = {
    ...(only === undefined ? {} : { only }),
    ...(steps === undefined ? {} : { steps }),
    // What is needed may be in a run already; that is seen when it is started.
    withNeeds: true,
  }
  for (const { plan, project } of plans)
    resolveRun(plan, { runId: 'look', user: 'local', config: project.config, select })
}
