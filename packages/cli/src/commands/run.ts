import { resolveRun } from '@ws/core'
import { createOrchestrator } from '@ws/orchestrator'
import type { Command, Given } from '../arguments/command.ts'
import { type ExitCode, exitCodes } from '../exit-codes.ts'
import { follow } from '../output/follow.ts'
import { ResultAnswer } from '../output/result-answer.ts'
import { dryRun } from '../output/dry-run.ts'
import { openProject, type Project } from '../project/open-project.ts'
import { asGiven, concurrencyOf } from '../project/limits.ts'
import { withNamedChecks } from '../project/named-checks.ts'
import { readPlans, type ReadPlan } from '../project/read-plans.ts'
import type { Terminal } from '../terminal.ts'

/** `ws run`: starts plans, and stays until they have ended. */
export const runCommand: Command = {
  name: 'run',
  says: 'Runs plans: works on their workstreams in worktrees, and lands what passes its checks.',
  takes: '<plan…>',
  positionals: { least: 1, most: 1_000 },
  options: {
    yes: { says: 'Approves what waits for approval.' },
    concurrency: { value: 'a number', says: 'How many tasks run at once.' },
    budget: { value: 'an amount in USD', says: 'What each plan may cost.' },
    json: { says: 'Writes each event as a line of JSON, and the result of each run as the last.' },
    'dry-run': { says: 'Shows what would run, in which order, and starts nothing.' },
  },
  example: {
    line: 'ws run plan.yaml --concurrency 5 --budget 20',
    does: 'runs plan.yaml with five tasks at once, for 20 USD at most',
  },
  answers: ResultAnswer,
  async run(given, terminal) {
    const project = await openProject(terminal)
    try {
      const plans = await prepare(given, terminal, project)
      if (given.flags.has('dry-run')) {
        for (const { plan, project: settings } of plans)
          dryRun(resolveRun(plan, { runId: 'dry-run', user: 'local', config: settings.config }), {
            plan,
            terminal,
            concurrency: concurrencyOf(given, terminal, { config: settings.config, plans: [plan] }),
            isJson: given.flags.has('json'),
          })
        return exitCodes.completed
      }
      return await start(given, terminal, { project, plans })
    } finally {
      await project.repository.close()
    }
  },
}

interface Prepared extends ReadPlan {
  /** With the commands of the checks that the plan only names. */
  readonly project: Project
}

async function prepare(given: Given, terminal: Terminal, project: Project): Promise<readonly Prepared[]> {
  const read = await readPlans(given.positionals, project, terminal.cwd)
  return read.map((each) => {
    const { config, found } = withNamedChecks(each, project.config, project.root)
    if (!given.flags.has('json')) {
      if (each.warnings !== '') terminal.err(`${each.warnings}\n`)
      for (const sentence of found) terminal.err(`${each.file}: ${sentence}\n`)
    }
    return { ...each, plan: asGiven(each.plan, given, terminal), project: { ...project, config } }
  })
}

async function start(
  given: Given,
  terminal: Terminal,
  { project, plans }: { readonly project: Project; readonly plans: readonly Prepared[] },
): Promise<ExitCode> {
  const { config, repository } = project
  const ws = await createOrchestrator({
    repo: repository,
    listen: true,
    env: { ...terminal.env },
    limits: config.limits,
    concurrency: concurrencyOf(given, terminal, { config, plans: plans.map(({ plan }) => plan) }),
  })
  try {
    const options = { terminal, isJson: given.flags.has('json'), approvesAll: given.flags.has('yes') }
    return await follow(ws, options, async () => {
      const runs = []
      for (const { plan, project: settings } of plans)
        runs.push(await ws.run(plan, { config: settings.config }))
      return runs
    })
  } finally {
    await ws.close()
  }
}
