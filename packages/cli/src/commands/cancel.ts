import type { Orchestrator } from '@ws/orchestrator'
import type { Command } from '../arguments/command.ts'
import { type ExitCode, exitCodes } from '../exit-codes.ts'
import { follow } from '../output/follow.ts'
import { ResultAnswer } from '../output/result-answer.ts'
import { withOrchestrator } from '../project/with-orchestrator.ts'
import { withProject } from '../project/with-project.ts'
import { chooseRun } from './choose-run.ts'

/** `ws cancel`: ends a run for good; what it did is kept. */
export const cancelCommand: Command = {
  name: 'cancel',
  says: 'Ends a run: nothing more of it starts or lands, its branches stay.',
  takes: '[run]',
  positionals: { least: 0, most: 1 },
  options: { json: { says: 'Writes each event as a line of JSON, and the result as the last.' } },
  example: { line: 'ws cancel', does: 'cancels the newest run of this repository' },
  answers: ResultAnswer,
  run: (given, terminal) =>
    withProject(terminal, async (project) => {
      const cancel = async (ws: Orchestrator) => {
        const run = ws.handle(chooseRun(ws, given.positionals[0]))
        const options = { terminal, isJson: given.flags.has('json'), approvesAll: false }
        const code = await follow(ws, options, async () => {
          const { status } = run.status
          if (status === 'RUNNING' || status === 'PAUSED') await run.cancel()
          return [run]
        })
        return asked(code, run.status.status)
      }
      return withOrchestrator(project, terminal, cancel)
    }),
}

/** A run that was to be cancelled and is, is what was asked for. */
function asked(code: ExitCode, status: string): ExitCode {
  return status === 'CANCELLED' ? exitCodes.completed : code
}
