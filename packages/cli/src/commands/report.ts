import { ReportFile } from '@ws/store/records'
import * as z from 'zod'
import type { Command } from '../arguments/command.ts'
import { usageError } from '../arguments/usage-error.ts'
import { exitCodes } from '../exit-codes.ts'
import { plainText } from '../output/plain-text.ts'
import { writeJson } from '../output/write-json.ts'
import { readRecords } from '../project/read-log.ts'
import { withRepository } from '../project/with-project.ts'
import { chooseRun } from './choose-run.ts'

/** `ws report`: what a run did, cost and took. */
export const reportCommand: Command = {
  name: 'report',
  says: 'Shows the report of a run: times, costs, landings, files, and what limited it.',
  takes: '[run]',
  positionals: { least: 0, most: 1 },
  options: {
    format: { value: 'md or json', says: 'How it is written: md where nothing is said.' },
    json: { says: 'The same as --format json.' },
  },
  example: { line: 'ws report --format md', does: 'shows the report of the newest run as Markdown' },
  answers: ReportFile.extend({ version: z.literal(1), type: z.literal('report') }),
  run: (given, terminal) =>
    withRepository(terminal, async ({ facts }) => {
      const format = given.flags.has('json') ? 'json' : (given.values.get('format') ?? 'md')
      if (format !== 'md' && format !== 'json')
        throw usageError(`there is no format ${JSON.stringify(format)}`, 'there are md, json')
      const records = await readRecords(facts)
      const run = records.run(chooseRun({ runs: records.runIds }, given.positionals[0]))
      if (run === undefined) return exitCodes.fault
      if (format === 'json') writeJson(terminal, { type: 'report', ...run.report })
      else terminal.out(plainText(run.markdown, { keepsLines: true }))
      return exitCodes.completed
    }),
}
