import { existsSync } from 'node:fs'
import {
  isWsError,
  type Machine,
  type MachineEvent,
  type MachineInput,
  parseDuration,
  replay,
  runMachine,
} from '@ws/core'
import type { Repository } from '@ws/git'
import { queueMachine } from '@ws/merge-queue'
import { openSqliteJournal, type SqliteJournal } from '@ws/store'
import type { RunRecords } from '@ws/store/records'
import * as z from 'zod'
import type { Command, Given } from '../arguments/command.ts'
import { usageError } from '../arguments/usage-error.ts'
import { exitCodes } from '../exit-codes.ts'
import { plainText } from '../output/plain-text.ts'
import { writeWrapped } from '../output/wrap-text.ts'
import { writeJson } from '../output/write-json.ts'
import { invalidError } from '../project/invalid-error.ts'
import { whileLeading } from '../project/lead.ts'
import { fromIsoTime } from '../platform/iso-time.ts'
import type { Project } from '../project/open-project.ts'
import { journalFile, readRecords } from '../project/read-log.ts'
import { withOrchestrator } from '../project/with-orchestrator.ts'
import { withProject } from '../project/with-project.ts'
import type { Terminal } from '../terminal.ts'
import { chooseRun } from './choose-run.ts'

/** `ws archive`: what has ended makes the log no longer. */
export const archiveCommand: Command = {
  name: 'archive',
  says: 'Takes runs that are over out of what is looked at, and moves the log so far beside itself; reports still read both.',
  takes: '[run…]',
  positionals: { least: 0, most: 1_000 },
  options: {
    'older-than': {
      value: 'a duration',
      says: 'Only runs that ended that long ago, such as 30d; archive.after of ws.yaml where nothing is said.',
    },
    'dry-run': { says: 'Only shows which.' },
    json: { says: 'Writes the answer as a line of JSON.' },
  },
  example: {
    line: 'ws archive --older-than 30d',
    does: 'archives what was completed or cancelled a month ago; runs that failed only where they are named',
  },
  answers: z.object({
    version: z.literal(1),
    type: z.literal('archived'),
    isDry: z.boolean(),
    runs: z.array(z.object({ runId: z.string(), status: z.string() })),
    /** Whether the log was moved: not while another process leads. */
    isMoved: z.boolean(),
  }),
  run: (given, terminal) =>
    withProject(terminal, async (project) => {
      const { repository, config } = project
      const records = await readRecords(repository.facts)
      const olderMs = olderThan(given) ?? config.archive?.afterMs ?? 0
      const before = repository.clock.now() - olderMs
      const chosen =
        given.positionals.length > 0
          ? given.positionals.map((name) => named(records, name))
          : records.runIds.flatMap((id) => {
              const run = records.run(id)
              return run !== undefined && isOver(run, before) ? [run] : []
            })
      const runs = [...new Map(chosen.map(({ runId, report }) => [runId, report.status]))].map(
        ([runId, status]) => ({ runId, status }),
      )
      const isDry = given.flags.has('dry-run')
      if (!isDry && runs.length > 0) await forget(project, terminal, runs)
      // Also what an earlier one archived and did not move: it was killed, or another process led.
      const hasLog = existsSync(journalFile(repository.facts))
      const isMoved = !isDry && hasLog && (await moveLog(repository))
      if (given.flags.has('json')) writeJson(terminal, { type: 'archived', isDry, runs, isMoved })
      else tell(runs, { isDry, isMoved }, terminal)
      return exitCodes.completed
    }),
}

/** @throws `WS_CLI_USAGE` */
function olderThan({ values }: Given): number | undefined {
  const text = values.get('older-than')
  if (text === undefined) return undefined
  const ms = parseDuration(text)
  if (ms !== undefined) return ms
  throw usageError(`--older-than is ${JSON.stringify(text)}`, 'expected a duration, such as 30d, 12h or 90m')
}

interface RunsOf {
  readonly runIds: readonly string[]
  run(id: string): RunRecords | undefined
}

/** @throws `WS_CLI_INVALID`, `WS_RUN_UNKNOWN` */
function named(records: RunsOf, name: string): RunRecords {
  const run = records.run(chooseRun({ runs: records.runIds }, name))
  if (run !== undefined && ended.has(run.report.status)) return run
  throw invalidError(
    `run ${run?.runId ?? name} is ${run?.report.status ?? 'unknown'}: it has not ended`,
    'wait for its end, or: ws cancel',
  )
}

const ended: ReadonlySet<string> = new Set(['COMPLETED', 'CANCELLED', 'FAILED'])

/** What failed may still be retried, released or discarded: nobody takes that away unasked. */
function isOver({ report }: RunRecords, before: number): boolean {
  if (report.status !== 'COMPLETED' && report.status !== 'CANCELLED') return false
  const endedAt = fromIsoTime(report.completed_at)
  return endedAt !== undefined && endedAt <= before
}

function forget(
  project: Project,
  terminal: Terminal,
  runs: readonly { readonly runId: string }[],
): Promise<void> {
  return withOrchestrator(project, terminal, async (ws) => {
    for (const { runId } of runs) await ws.handle(runId).archive()
  })
}

/** Tells whether it was moved: whoever leads may be reading it. */
async function moveLog(repository: Repository): Promise<boolean> {
  try {
    return await whileLeading(repository, 'ws archive', async () => {
      const { facts } = repository
      const journal = await openSqliteJournal({ path: journalFile(facts) })
      try {
        // Whoever leads next begins with these, and need not read what is moved.
        await keepState(journal, runMachine({ ignoreCase: facts.ignoreCase }))
        await keepState(journal, queueMachine({ ignoreCase: facts.ignoreCase }))
        return await journal.archiveBeside()
      } finally {
        await journal.close()
      }
    })
  } catch (error) {
    if (isWsError(error, 'WS_LEADER_ELSEWHERE')) return false
    throw error
  }
}

async function keepState<State, Input extends MachineInput, Event extends MachineEvent, Effect>(
  journal: SqliteJournal,
  machine: Machine<State, Input, Event, Effect>,
): Promise<void> {
  const { state, version, lastAt } = await replay(machine, journal)
  const { stream, version: machineVersion } = machine
  await journal.saveSnapshot({ stream, machineVersion, version, lastAt, state: machine.freeze(state) })
}

function tell(
  runs: readonly { readonly runId: string; readonly status: string }[],
  { isDry, isMoved }: { readonly isDry: boolean; readonly isMoved: boolean },
  terminal: Terminal,
): void {
  const write = (text: string) => writeWrapped(terminal, plainText(text), '  ')
  for (const { runId, status } of runs)
    write(`${isDry ? 'would be archived' : 'archived'}: ${runId}, ${status}`)
  if (runs.length === 0) write('no run is over and old enough; runs that failed are archived by their id')
  else if (isDry) write('without --dry-run it is done')
  else if (!isMoved) write('another process leads: the log is moved by the next ws archive after it')
  else write('ws report <run> still shows them, ws list --archived names them')
}
