import { formatDuration } from '@ws/core'
import { type RunSummary, RunSummary as Summary } from '@ws/store/records'
import * as z from 'zod'
import type { Command, Given } from '../arguments/command.ts'
import { usageError } from '../arguments/usage-error.ts'
import { exitCodes } from '../exit-codes.ts'
import { writeTable } from '../output/table.ts'
import { writeJson } from '../output/write-json.ts'
import { readRecords } from '../project/read-log.ts'
import { withRepository } from '../project/with-project.ts'

const states = ['PENDING', 'RUNNING', 'PAUSED', 'COMPLETED', 'FAILED', 'CANCELLED'] as const
const active: ReadonlySet<string> = new Set(['PENDING', 'RUNNING', 'PAUSED'])

interface Row extends RunSummary {
  readonly correlationId: string
  readonly name: string
  readonly createdAt: string
}

/** `ws list`: the runs that the log knows. */
export const listCommand: Command = {
  name: 'list',
  says: 'Lists the runs of this repository, the newest first.',
  takes: '',
  positionals: { least: 0, most: 0 },
  options: {
    status: { value: 'a state', says: 'Only runs in that state, such as FAILED.' },
    active: { says: 'Only runs that have not ended.' },
    since: {
      value: 'a time',
      says: 'Only runs that were started at that time or later, such as 2026-05-01.',
    },
    until: { value: 'a time', says: 'Only runs that were started before that time.' },
    correlation: { value: 'an id', says: 'Only runs with that correlation id.' },
    json: { says: 'Writes the runs as a line of JSON.' },
  },
  example: { line: 'ws list --active', does: 'lists the runs that could go on' },
  answers: z.object({ version: z.literal(1), type: z.literal('list'), runs: z.array(Summary) }),
  run: (given, terminal) =>
    withRepository(terminal, async ({ facts }) => {
      const fits = filterOf(given)
      const records = await readRecords(facts)
      const rows = records.runIds
        .flatMap((id): readonly Row[] => {
          const run = records.run(id)
          if (run === undefined) return []
          const { workflow_name: name, created_at: createdAt } = run.report
          return [{ ...run.summary, correlationId: run.correlationId, name, createdAt }]
        })
        .filter(fits)
        .toReversed()
      if (given.flags.has('json')) writeJson(terminal, { type: 'list', runs: rows })
      else if (rows.length === 0) terminal.out('no run fits\n')
      else writeTable(terminal, rows.map(cellsOf))
      return exitCodes.completed
    }),
}

function cellsOf({ runId, name, status, reason, createdAt, counts, workstreams }: Row): string[] {
  const took = Math.max(0, ...workstreams.map(({ durationMs }) => durationMs ?? 0))
  return [
    runId,
    reason === undefined ? status : `${status} (${reason})`,
    createdAt.slice(0, 16).replace('T', ' '),
    `${counts.COMPLETED ?? 0}/${workstreams.length}`,
    formatDuration(took),
    name,
  ]
}

/** @throws `WS_CLI_USAGE` */
function filterOf({ flags, values }: Given): (row: Row) => boolean {
  const status = values.get('status')?.toUpperCase()
  if (status !== undefined && !states.some((state) => state === status))
    throw usageError(`there is no state ${JSON.stringify(status)}`, `there are ${states.join(', ')}`)
  const since = momentOf(values.get('since'))
  const until = momentOf(values.get('until'))
  const correlation = values.get('correlation')
  return (row) =>
    (status === undefined || row.status === status) &&
    (!flags.has('active') || active.has(row.status)) &&
    (since === undefined || row.createdAt >= since) &&
    (until === undefined || row.createdAt < until) &&
    (correlation === undefined || row.correlationId === correlation)
}

/** The beginning of a time in UTC, which sorts as text. @throws `WS_CLI_USAGE` */
function momentOf(text: string | undefined): string | undefined {
  if (text === undefined || /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d+)?)?Z?)?$/.test(text)) return text
  throw usageError(
    `${JSON.stringify(text)} is no time`,
    'expected a day or a time in UTC, such as 2026-05-01 or 2026-05-01T12:30',
  )
}
