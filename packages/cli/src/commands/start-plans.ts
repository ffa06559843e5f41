import { resolveRun } from '@ws/core'
import { landedBefore, type Orchestrator } from '@ws/orchestrator'
import type { Given } from '../arguments/command.ts'
import { type ExitCode, exitCodes } from '../exit-codes.ts'
import { dryRun } from '../output/dry-run.ts'
import { follow } from '../output/follow.ts'
import type { Prepared } from '../project/gather-plans.ts'
import { concurrencyOf } from '../project/limits.ts'
import type { Project } from '../project/open-project.ts'
import { readState } from '../project/read-log.ts'
import { selectionOf } from '../project/selection.ts'
import { withOrchestrator } from '../project/with-orchestrator.ts'
import type { Terminal } from '../terminal.ts'

/** What is to be started, and by which command. */
export interface StartPlansOptions {
  readonly given: Given
  readonly terminal: Terminal
  readonly project: Project
}

/** Shows what would run, with what earlier runs have landed. */
export async function showPlans(
  plans: readonly Prepared[],
  { given, terminal, project: { repository } }: StartPlansOptions,
): Promise<ExitCode> {
  const { mode, ...selection } = selectionOf(given)
  const state = await readState(repository.facts)
  for (const { plan, project } of plans) {
    const { config } = project
    const select = { ...selection, done: state === undefined ? [] : landedBefore(state, plan) }
    const run = resolveRun(plan, {
      ...{ runId: 'dry-run', user: 'local', config, select },
      ...(mode === undefined ? {} : { mode }),
    })
    dryRun(run, {
      plan,
      terminal,
      concurrency: concurrencyOf(given, terminal, { config, plans: [plan] }),
      isJson: given.flags.has('json'),
    })
  }
  return exitCodes.completed
}

/** Starts plans, and stays until they have ended. */
export async function startPlans(
  plans: readonly Prepared[],
  { given, terminal, project }: StartPlansOptions,
): Promise<ExitCode> {
  const { config } = project
  const selection = selectionOf(given)
  const concurrency = concurrencyOf(given, terminal, { config, plans: plans.map(({ plan }) => plan) })
  const start = async (ws: Orchestrator) => {
    const options = { terminal, isJson: given.flags.has('json'), approvesAll: given.flags.has('yes') }
    return follow(ws, options, async () => {
      const runs = []
      for (const { plan, project: settings } of plans)
        runs.push(await ws.run(plan, { config: settings.config, ...selection }))
      terminal.tellBegun?.(runs.map(({ id }) => id))
      return runs
    })
  }
  return withOrchestrator(project, terminal, start, { concurrency })
}
