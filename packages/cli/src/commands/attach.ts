import type { Orchestrator } from '@ws/orchestrator'
import type { Command } from '../arguments/command.ts'
import { follow } from '../output/follow.ts'
import { ResultAnswer } from '../output/result-answer.ts'
import { withOrchestrator } from '../project/with-orchestrator.ts'
import { withProject } from '../project/with-project.ts'
import { chooseRun } from './choose-run.ts'

/** `ws attach`: watches a run that another process works on. */
export const attachCommand: Command = {
  name: 'attach',
  says: 'Follows a run that goes on elsewhere, as ws run shows it; Ctrl-C leaves it running.',
  takes: '[run]',
  positionals: { least: 0, most: 1 },
  options: { json: { says: 'Writes each event as a line of JSON, and the result as the last.' } },
  example: { line: 'ws attach', does: 'follows the newest run, and ends with its exit code' },
  answers: ResultAnswer,
  run: (given, terminal) =>
    withProject(terminal, async (project) => {
      const watch = async (ws: Orchestrator) => {
        const run = ws.handle(chooseRun(ws, given.positionals[0]))
        const options = { terminal, isJson: given.flags.has('json'), approvesAll: false }
        return follow(ws, options, () => Promise.resolve([run]))
      }
      return withOrchestrator(project, terminal, watch)
    }),
}
