import { formatDuration } from '@ws/core'
import { type RunSummary, RunSummary as Summary } from '@ws/store/records'
import * as z from 'zod'
import type { Command, Given } from '../arguments/command.ts'
import { usageError } from '../arguments/usage-error.ts'
import { exitCodes } from '../exit-codes.ts'
import { didYouMean } from '../output/did-you-mean.ts'
import { KeptWorkstream, keptWorkstreams, tellKept } from '../output/kept-workstreams.ts'
import { writeTable } from '../output/table.ts'
import { writeJson } from '../output/write-json.ts'
import { invalidError } from '../project/invalid-error.ts'
import { readAllRecords, readRecords } from '../project/read-log.ts'
import { withRepository } from '../project/with-project.ts'

const states = ['PENDING', 'RUNNING', 'PAUSED', 'COMPLETED', 'FAILED', 'CANCELLED'] as const
const active: ReadonlySet<string> = new Set(['PENDING', 'RUNNING', 'PAUSED'])

interface Row extends RunSummary {
  readonly correlationId: string
  readonly name: string
  readonly createdAt: string
  readonly owners: readonly string[]
}

/** `ws list`: the runs that the log knows. */
export const listCommand: Command = {
  name: 'list',
  says: 'Lists the runs of this repository, the newest first.',
  takes: '',
  positionals: { least: 0, most: 0 },
  options: {
    status: { value: 'a state', says: 'Only runs in that state, such as FAILED.' },
    active: { says: 'Only runs that have not ended; also the workstreams of ws new that are active.' },
    archived: { says: 'Also runs that were archived.' },
    since: {
      value: 'a time',
      says: 'Only runs that were started at that time or later, such as 2026-05-01.',
    },
    until: { value: 'a time', says: 'Only runs that were started before that time.' },
    owner: { value: 'a name', says: 'Only runs with a workstream of that owner.' },
    correlation: { value: 'an id', says: 'Only runs with that correlation id.' },
    json: { says: 'Writes the runs as a line of JSON.' },
  },
  example: { line: 'ws list --active', does: 'lists the runs that could go on' },
  answers: z.object({
    version: z.literal(1),
    type: z.literal('list'),
    runs: z.array(Summary),
    workstreams: z.array(KeptWorkstream),
  }),
  run: (given, terminal) =>
    withRepository(terminal, async ({ facts }) => {
      const fits = filterOf(given)
      const records = await (given.flags.has('archived') ? readAllRecords(facts) : readRecords(facts))
      const all = records.runIds
        .flatMap((id): readonly Row[] => {
          const run = records.run(id)
          if (run === undefined) return []
          const { workflow_name: name, created_at: createdAt } = run.report
          const spec = records.state.runs.get(id)?.spec
          const owners = spec?.workstreams.flatMap(({ work }) => work?.owner ?? []) ?? []
          return [{ ...run.summary, correlationId: run.correlationId, name, createdAt, owners }]
        })
        .toReversed()
      requireOwner(given.values.get('owner'), all)
      const rows = all.filter(fits)
      const kept = keptWorkstreams(records, given)
      if (given.flags.has('json')) writeJson(terminal, { type: 'list', runs: rows, workstreams: kept })
      else {
        if (rows.length === 0) terminal.out('no run fits\n')
        else writeTable(terminal, rows.map(cellsOf))
        tellKept(kept, terminal)
      }
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
    formatDuration(took < 1_000 ? took : Math.round(took / 1_000) * 1_000),
    name,
  ]
}

/** @throws `WS_CLI_INVALID` with the nearest owner there is */
function requireOwner(owner: string | undefined, rows: readonly Row[]): void {
  const owners = [...new Set(rows.flatMap((row) => row.owners))]
  if (owner === undefined || owners.includes(owner)) return
  const otherwise = owners.length === 0 ? 'no workstream names an owner' : undefined
  throw invalidError(`there is no owner ${JSON.stringify(owner)}`, didYouMean(owner, owners, otherwise))
}

/** @throws `WS_CLI_USAGE` */
function filterOf({ flags, values }: Given): (row: Row) => boolean {
  const status = values.get('status')?.toUpperCase()
  if (status !== undefined && !states.some((state) => state === status))
    throw usageError(`there is no state ${JSON.stringify(status)}`, didYouMean(status, states))
  const since = momentOf(values.get('since'))
  const until = momentOf(values.get('until'))
  const correlation = values.get('correlation')
  const owner = values.get('owner')
  return (row) =>
    (status === undefined || row.status === status) &&
    (!flags.has('active') || active.has(row.status)) &&
    (owner === undefined || row.owners.includes(owner)) &&
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
