import * as z from 'zod'
import type { Command } from '../arguments/command.ts'
import { exitCodes } from '../exit-codes.ts'
import { plainText } from '../output/plain-text.ts'
import { writeJson } from '../output/write-json.ts'
import { withOrchestrator } from '../project/with-orchestrator.ts'
import { withProject } from '../project/with-project.ts'
import { chooseRun } from './choose-run.ts'

/** `ws pause`: a run that nothing more of starts until it is resumed. */
export const pauseCommand: Command = {
  name: 'pause',
  says: 'Pauses a run: what runs is interrupted and kept, and nothing more of it starts until ws resume.',
  takes: '[run]',
  positionals: { least: 0, most: 1 },
  options: { json: { says: 'Writes the answer as a line of JSON.' } },
  example: { line: 'ws pause', does: 'pauses the newest run' },
  answers: z.object({
    version: z.literal(1),
    type: z.literal('paused'),
    runId: z.string(),
    status: z.string(),
  }),
  run: (given, terminal) =>
    withProject(terminal, async (project) =>
      withOrchestrator(project, terminal, async (ws) => {
        const run = ws.handle(chooseRun(ws, given.positionals[0]))
        await run.pause({ now: true })
        const { status } = run.status
        if (given.flags.has('json')) writeJson(terminal, { type: 'paused', runId: run.id, status })
        else terminal.out(plainText(`run ${run.id} is paused; ws resume goes on`) + '\n')
        return exitCodes.completed
      }),
    ),
}
