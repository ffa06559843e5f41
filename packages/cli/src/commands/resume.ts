import type { Orchestrator } from '@ws/orchestrator'
import { amountOf } from '../arguments/parse-arguments.ts'
import type { Command } from '../arguments/command.ts'
import { follow } from '../output/follow.ts'
import { ResultAnswer } from '../output/result-answer.ts'
import { withOrchestrator } from '../project/with-orchestrator.ts'
import { withProject } from '../project/with-project.ts'
import { concurrencyOf } from '../project/limits.ts'
import { chooseRun, runsMeant } from './choose-run.ts'

/** `ws resume`: goes on with a run that was interrupted, paused, or killed with the machine. */
export const resumeCommand: Command = {
  name: 'resume',
  says: 'Goes on with a run: after Ctrl-C, a crash or a reboot, or when its pause is to end.',
  takes: '[run]',
  positionals: { least: 0, most: 1 },
  options: {
    budget: { value: 'an amount in USD', says: 'What the run may cost from now on, all in all.' },
    'max-concurrent': { value: 'a number', says: 'How many tasks run at once.' },
    yes: { says: 'Approves what waits for approval.' },
    json: { says: 'Writes each event as a line of JSON, and the result as the last.' },
  },
  example: { line: 'ws resume --budget 20', does: 'goes on with the newest run, for 20 USD all in all' },
  answers: ResultAnswer,
  async run(given, terminal) {
    const budgetUsd = amountOf(given, 'budget')
    return withProject(terminal, async (project) => {
      const concurrency = concurrencyOf(given, terminal, { config: project.config, plans: [] })
      const goOn = async (ws: Orchestrator) => {
        const run = ws.handle(chooseRun(ws, given.positionals[0]))
        const options = { terminal, isJson: given.flags.has('json'), approvesAll: given.flags.has('yes') }
        return follow(ws, options, async () => {
          const { status, reason = '' } = run.status
          const isEnded = status === 'COMPLETED' || status === 'FAILED' || status === 'CANCELLED'
          if (!isEnded && (budgetUsd !== undefined || reason.includes('user')))
            await run.resume(budgetUsd === undefined ? {} : { budgetUsd })
          return [run]
        })
      }
      return withOrchestrator(project, terminal, goOn, {
        takesOn: runsMeant(given.positionals[0]),
        concurrency,
      })
    })
  },
}
