import * as z from 'zod'
import type { Command } from '../arguments/command.ts'
import { exitCodes } from '../exit-codes.ts'
import { plainText } from '../output/plain-text.ts'
import { writeJson } from '../output/write-json.ts'
import { readRecords } from '../project/read-log.ts'
import { withOrchestrator } from '../project/with-orchestrator.ts'
import { withProject, withRepository } from '../project/with-project.ts'
import { discardInRun } from './steer.ts'

const DiscardedAnswer = z.object({
  version: z.literal(1),
  type: z.literal('discarded'),
  slug: z.string(),
})

/** `ws discard`: gives up a workstream of a run, or one of `ws new` that nothing has begun. */
export const discardCommand: Command = {
  ...discardInRun,
  answers: DiscardedAnswer.or(discardInRun.answers ?? DiscardedAnswer),
  async run(given, terminal) {
    const slug = given.positionals[0] ?? ''
    const isOnlyKept = await withRepository(terminal, async ({ facts }) => {
      const newest = (await readRecords(facts)).registered.findLast((each) => each.slug === slug)
      return !given.values.has('run') && newest?.status === 'PENDING'
    })
    if (!isOnlyKept) return discardInRun.run(given, terminal)
    return withProject(terminal, async (project) => {
      await withOrchestrator(project, terminal, (ws) => ws.discardWorkstream(slug))
      if (given.flags.has('json')) writeJson(terminal, { type: 'discarded', slug })
      else terminal.out(plainText(`workstream "${slug}" is given up; nothing of it was begun`) + '\n')
      return exitCodes.completed
    })
  },
}
