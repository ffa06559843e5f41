import type { Repository } from '@ws/git'
import type { TargetStanding } from '@ws/merge-queue'
import * as z from 'zod'
import type { Command, Given } from '../arguments/command.ts'
import { type ExitCode, exitCodes } from '../exit-codes.ts'
import { plainText } from '../output/plain-text.ts'
import { writeWrapped } from '../output/wrap-text.ts'
import { writeJson } from '../output/write-json.ts'
import { readHolds } from '../project/read-log.ts'
import { withQueueAnywhere } from '../project/with-leader.ts'
import type { Terminal } from '../terminal.ts'

/** How a branch follows what has landed on it. */
type Standing = Pick<TargetStanding, 'name' | 'held' | 'lags'> & Partial<Pick<TargetStanding, 'detail'>>

/** `ws sync`: brings branches forward to what has landed. */
export const syncCommand: Command = {
  name: 'sync',
  says: 'Brings branches forward to what has landed, where the files in the checkout allow it, and says what is in the way.',
  takes: '',
  positionals: { least: 0, most: 0 },
  options: { json: { says: 'Writes how each target stands as a line of JSON.' } },
  example: { line: 'ws sync', does: 'after a commit of yours: main takes in what has landed meanwhile' },
  answers: z.object({
    version: z.literal(1),
    type: z.literal('sync'),
    targets: z.array(z.looseObject({ name: z.string(), lags: z.int() })),
  }),
  run: (given, terminal) =>
    withQueueAnywhere(terminal, {
      here: async (queue) => tell(await queue.sync(), given, terminal),
      there: async (led, { repository }) => {
        await led.order({ does: 'sync' })
        return tell(await standings(repository), given, terminal)
      },
    }),
}

/** The targets as the log has them, where the queue is another process's. */
async function standings(repository: Repository): Promise<readonly Standing[]> {
  const { targets } = await readHolds(repository.facts)
  const lagOf = async (name: string) => {
    const range = `refs/heads/${name}..refs/ws/landed/${name}`
    return Number(await repository.git.text(['rev-list', '--count', '--first-parent', range, '--']))
  }
  return Promise.all(
    targets.map(async ({ name, held }) => ({ name, held, lags: held === undefined ? 0 : await lagOf(name) })),
  )
}

function tell(targets: readonly Standing[], given: Given, terminal: Terminal): ExitCode {
  const isJson = given.flags.has('json')
  if (isJson) writeJson(terminal, { type: 'sync', targets })
  else if (targets.length === 0) terminal.out('nothing has landed here yet\n')
  for (const { name, lags, held, detail } of isJson ? [] : targets) {
    const paths = held?.paths ?? []
    const inTheWay = paths.length > 0 ? paths.join(', ') : (detail ?? 'the checkout')
    const waiting = lags === 1 ? '1 landing waits' : `${lags} landings wait`
    const said =
      held === undefined
        ? `${name} holds everything that has landed`
        : `${waiting} for ${inTheWay} in ${held.where}: commit it, then ws sync`
    writeWrapped(terminal, plainText(said), '  ')
  }
  return targets.every(({ held }) => held === undefined) ? exitCodes.completed : exitCodes.needsPerson
}
