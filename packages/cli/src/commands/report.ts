import type { RepositoryFacts } from '@ws/git'
import { ReportFile, type RunRecords } from '@ws/store/records'
import * as z from 'zod'
import type { Command } from '../arguments/command.ts'
import { usageError } from '../arguments/usage-error.ts'
import { exitCodes } from '../exit-codes.ts'
import { didYouMean } from '../output/did-you-mean.ts'
import { plainText } from '../output/plain-text.ts'
import { reportHtml } from '../output/report-html.ts'
import { writeJson } from '../output/write-json.ts'
import { readAllRecords, readRecords } from '../project/read-log.ts'
import { withRepository } from '../project/with-project.ts'
import { chooseRun } from './choose-run.ts'

const formats = ['md', 'html', 'json']

/** `ws report`: what a run did, cost and took. */
export const reportCommand: Command = {
  name: 'report',
  says: 'Shows the report of a run: times, costs, landings, files, and what limited it.',
  takes: '[run]',
  positionals: { least: 0, most: 1 },
  options: {
    format: { value: 'md, html or json', says: 'How it is written: md where nothing is said.' },
    json: { says: 'The same as --format json.' },
  },
  example: {
    line: 'ws report --format html',
    does: 'writes the report of the newest run as one page that needs nothing else: > report.html',
  },
  answers: ReportFile.extend({ version: z.literal(1), type: z.literal('report') }),
  run: (given, terminal) =>
    withRepository(terminal, async ({ facts }) => {
      const format = given.flags.has('json') ? 'json' : (given.values.get('format') ?? 'md')
      if (!formats.some((name) => name === format))
        throw usageError(`there is no format ${JSON.stringify(format)}`, didYouMean(format, formats))
      const run = await runOf(facts, given.positionals[0])
      if (run === undefined) return exitCodes.fault
      if (format === 'json') writeJson(terminal, { type: 'report', ...run.report })
      else {
        const text = format === 'html' ? reportHtml(run.report) : run.markdown
        terminal.out(plainText(text, { keepsLines: true }))
      }
      return exitCodes.completed
    }),
}

/** The run that is meant; one that is named may be archived. */
async function runOf(facts: RepositoryFacts, name: string | undefined): Promise<RunRecords | undefined> {
  const records = await readRecords(facts)
  const isThere = name === undefined || records.runIds.some((id) => id.startsWith(name))
  const among = isThere ? records : await readAllRecords(facts)
  return among.run(chooseRun({ runs: among.runIds }, name))
}
