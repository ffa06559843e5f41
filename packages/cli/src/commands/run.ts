import type { Command, OptionSpec } from '../arguments/command.ts'
import { usageError } from '../arguments/usage-error.ts'
import { DetachedAnswer } from '../output/detached-answer.ts'
import { ResultAnswer } from '../output/result-answer.ts'
import { gatherPlans } from '../project/gather-plans.ts'
import { modeOption, selectionOptions } from '../project/selection.ts'
import { sortArguments } from '../project/sort-arguments.ts'
import { withProject } from '../project/with-project.ts'
import { detach } from './detach.ts'
import { showPlans, startPlans } from './start-plans.ts'

/** Options of every command that starts runs. */
export const startOptions: Readonly<Record<string, OptionSpec>> = {
  yes: { says: 'Approves what waits for approval.' },
  'max-concurrent': { value: 'a number', says: 'How many tasks run at once.' },
  budget: { value: 'an amount in USD', says: 'What each plan may cost.' },
  tool: { value: 'a tool', says: 'Does the tasks that name none.' },
  mode: modeOption,
  detach: { says: 'Says the id of the run and leaves it running; ws attach follows it.' },
  json: { says: 'Writes each event as a line of JSON, and the result of each run as the last.' },
  'dry-run': { says: 'Shows what would run, in which order, and starts nothing.' },
}

/** What commands that start runs answer. */
export const startAnswers = ResultAnswer.or(DetachedAnswer)

/** `ws run`: starts plans, prompts and workstreams that were made before, and stays until they have ended. */
export const runCommand: Command = {
  name: 'run',
  says: 'Runs plans, prompts, or workstreams of ws new: works on each in a worktree, and lands what passes its checks.',
  takes: '<plan, "prompt" or slug…>',
  positionals: { least: 0, most: 1_000 },
  options: {
    prompt: { value: 'a text', says: 'A prompt, also where it is one word and would be taken for a slug.' },
    ...startOptions,
    ...selectionOptions,
  },
  example: {
    line: 'ws run plan.yaml --max-concurrent 5 --budget 20',
    does: 'runs plan.yaml with five tasks at once, for 20 USD at most',
  },
  answers: startAnswers,
  async run(given, terminal) {
    const prompt = given.values.get('prompt')
    if (given.positionals.length === 0 && prompt === undefined)
      throw usageError(`ws run expects ${runCommand.takes}`, 'see: ws run --help')
    const { files, slugs, prompts } = sortArguments(given.positionals, terminal.cwd)
    const sorted = { files, slugs, prompts: prompt === undefined ? prompts : [...prompts, prompt] }
    if ((given.values.has('only') || given.values.has('steps')) && files.length === 0)
      throw usageError('--only and --steps choose from a plan', 'name the file of the plan')
    return withProject(terminal, async (project) => {
      const withNeeds = given.flags.has('with-needs')
      const { plans } = await gatherPlans({ ...sorted, withNeeds }, { given, terminal, project })
      if (given.flags.has('dry-run')) return showPlans(plans, { given, terminal, project })
      if (given.flags.has('detach')) return detach('run', { given, terminal, project })
      return startPlans(plans, { given, terminal, project })
    })
  },
}
