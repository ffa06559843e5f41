import * as z from 'zod'
import type { Command } from '../arguments/command.ts'
import { exitCodes } from '../exit-codes.ts'
import { plainText } from '../output/plain-text.ts'
import { writeWrapped } from '../output/wrap-text.ts'
import { writeJson } from '../output/write-json.ts'
import { withQueue } from '../project/with-queue.ts'

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
    withQueue(terminal, async (queue) => {
      const targets = await queue.sync()
      if (given.flags.has('json')) writeJson(terminal, { type: 'sync', targets })
      else if (targets.length === 0) terminal.out('nothing has landed here yet\n')
      for (const { name, lags, held, detail } of given.flags.has('json') ? [] : targets) {
        const paths = held?.paths ?? []
        const inTheWay = paths.length > 0 ? paths.join(', ') : (detail ?? 'the checkout')
        const said =
          held === undefined
            ? `${name} holds everything that has landed`
            : `${lags} landings wait for ${inTheWay} in ${held.where}: commit it, then ws sync`
        writeWrapped(terminal, plainText(said), '  ')
      }
      return targets.every(({ held }) => held === undefined) ? exitCodes.completed : exitCodes.needsPerson
    }),
}
