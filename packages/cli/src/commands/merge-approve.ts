import type { Command } from '../arguments/command.ts'
import { QueueAnswer } from '../output/queue-lines.ts'
import { readRecords } from '../project/read-log.ts'
import { withRepository } from '../project/with-project.ts'
import { orderEntry } from './merge-orders.ts'
import { approveInRun } from './steer.ts'

/** `ws merge approve`: a person's yes, for a branch in the queue or for a workstream of a run. */
export const mergeApproveCommand: Command = {
  ...approveInRun,
  answers: QueueAnswer.or(approveInRun.answers ?? QueueAnswer),
  async run(given, terminal) {
    const name = given.positionals[0] ?? ''
    const isQueued = await withRepository(terminal, async ({ facts }) => {
      const { queue } = (await readRecords(facts)).queue
      return queue.some(({ id, branch }) => !id.startsWith('land/') && (id === name || branch === name))
    })
    if (!isQueued) return approveInRun.run(given, terminal)
    return orderEntry('approve', given, terminal)
  },
}
