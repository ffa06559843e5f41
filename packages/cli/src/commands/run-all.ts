import { allActive } from '@ws/orchestrator'
import * as z from 'zod'
import type { Command } from '../arguments/command.ts'
import { exitCodes } from '../exit-codes.ts'
import { writeJson } from '../output/write-json.ts'
import { plainText } from '../output/plain-text.ts'
import { gatherPlans } from '../project/gather-plans.ts'
import { withProject } from '../project/with-project.ts'
import { detach } from './detach.ts'
import { startAnswers, startOptions } from './run.ts'
import { showPlans, startPlans } from './start-plans.ts'

/** `ws run-all`: starts every active workstream that nothing does yet. */
export const runAllCommand: Command = {
  name: 'run-all',
  says: 'Runs every workstream of ws new that is active and that no run does yet.',
  takes: '',
  positionals: { least: 0, most: 0 },
  options: startOptions,
  example: { line: 'ws run-all --budget 20', does: 'runs what waits, for 20 USD at most' },
  answers: startAnswers.or(
    z.object({ version: z.literal(1), type: z.literal('nothing-to-run'), left: z.array(z.looseObject({})) }),
  ),
  run: (given, terminal) =>
    withProject(terminal, async (project) => {
      const { plans, left } = await gatherPlans({ ...allActive, files: [] }, { given, terminal, project })
      const isJson = given.flags.has('json')
      if (!isJson)
        for (const { slug, because } of left) terminal.err(plainText(`${slug} ${because}: left out`) + '\n')
      if (plans.length === 0) {
        if (isJson) writeJson(terminal, { type: 'nothing-to-run', left })
        else terminal.out('no workstream waits to be run; ws new makes one\n')
        return exitCodes.completed
      }
      if (given.flags.has('dry-run')) return showPlans(plans, { given, terminal, project })
      if (given.flags.has('detach')) return detach('run-all', { given, terminal, project })
      return startPlans(plans, { given, terminal, project })
    }),
}
