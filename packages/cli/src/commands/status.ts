import {
  explainWaiting,
  formatDuration,
  type RunMachineState,
  systemClock,
  why,
  type WorkstreamState,
} from '@ws/core'
import { RunSummary } from '@ws/store/records'
import * as z from 'zod'
import type { Command } from '../arguments/command.ts'
import { exitCodes } from '../exit-codes.ts'
import { plainText } from '../output/plain-text.ts'
import { writeJson } from '../output/write-json.ts'
import { writeTable } from '../output/table.ts'
import { readRecords, readState } from '../project/read-log.ts'
import { withRepository } from '../project/with-project.ts'
import type { Terminal } from '../terminal.ts'
import { chooseRun } from './choose-run.ts'

/** `ws status`: reads the log, also while another process works on the run. */
export const statusCommand: Command = {
  name: 'status',
  says: 'Says how a run stands: each workstream, what it does, and why it waits.',
  takes: '[run]',
  positionals: { least: 0, most: 1 },
  options: { json: { says: 'Writes the stand as JSON.' } },
  example: { line: 'ws status', does: 'shows the newest run of this repository' },
  answers: z.union([
    RunSummary.extend({ version: z.literal(1), type: z.literal('status') }),
    z.object({ version: z.literal(1), type: z.literal('status'), status: z.null() }),
  ]),
  run: (given, terminal) =>
    withRepository(terminal, async ({ facts }) => {
      const [state, records] = [await readState(facts), await readRecords(facts)]
      const runs = [...(state?.runs.keys() ?? [])]
      if (state === undefined || runs.length === 0) {
        if (given.flags.has('json')) writeJson(terminal, { type: 'status', status: null })
        else terminal.out('there is no run in this repository\n')
        return exitCodes.completed
      }
      const runId = chooseRun({ runs }, given.positionals[0])
      const summary = records.run(runId)?.summary
      if (summary === undefined) return exitCodes.fault
      show(state, summary, { terminal, isJson: given.flags.has('json') })
      return exitCodes.completed
    }),
}

function show(
  state: RunMachineState,
  result: RunSummary,
  { terminal, isJson }: { readonly terminal: Terminal; readonly isJson: boolean },
): void {
  const { runId } = result
  const run = state.runs.get(runId)
  if (run === undefined) return
  const now = systemClock().now()
  const waits = (workstream: WorkstreamState): string[] => {
    const next = workstream.tasks.find(({ phase }) => phase.state === 'PENDING' || phase.state === 'READY')
    if (next === undefined || workstream.running > 0) return []
    return why(state, runId, next.id, now).map((waiting) => explainWaiting(waiting))
  }
  if (isJson) {
    const workstreams = result.workstreams.map((each) => {
      const workstream = run.workstreams.get(each.id)
      return { ...each, waits: workstream === undefined ? [] : waits(workstream) }
    })
    const { name } = run.spec
    writeJson(terminal, { type: 'status', ...result, name, startedAt: run.startedAt, workstreams })
    return
  }
  const reason = result.reason === undefined ? '' : ` (${result.reason})`
  terminal.out(plainText(`run ${runId} "${run.spec.name}": ${result.status}${reason}`) + '\n')
  const rows = [...run.workstreams.values()].map((workstream) =>
    rowOf(
      workstream,
      waits(workstream),
      result.workstreams.find(({ id }) => id === workstream.spec.id),
    ),
  )
  writeTable(terminal, rows)
}

function rowOf(
  { spec, phase, tasks }: WorkstreamState,
  waits: readonly string[],
  told: RunSummary['workstreams'][number] | undefined,
): string[] {
  const count = (...states: readonly string[]) =>
    tasks.filter((task) => states.includes(task.phase.state)).length
  const done = count('SUCCEEDED')
  const failed = count('FAILED', 'QUARANTINED')
  const running = tasks.find((task) => task.phase.state === 'RUNNING')
  const tool = running?.phase.state === 'RUNNING' ? running.phase.attempt.tool : undefined
  const doing =
    running === undefined
      ? phase.state === 'RUNNING' && phase.stage === 'landing'
        ? 'landing'
        : (waits[0] ?? '')
      : `${running.id}${tool === undefined ? '' : ` (${tool})`}`
  return [
    spec.id,
    spec.work?.owner ?? '',
    phase.state,
    `${Math.round((done / Math.max(1, tasks.length)) * 100)}%`,
    `${done} done, ${failed} failed, ${tasks.length - done - failed} left`,
    told === undefined || told.durationMs === null
      ? ''
      : formatDuration(Math.round(told.durationMs / 1_000) * 1_000),
    told === undefined || told.costUsd === 0 ? '' : `$${told.costUsd.toFixed(2)}`,
    doing === '' && (phase.state === 'QUARANTINED' || phase.state === 'FAILED') ? `ws why ${spec.id}` : doing,
  ]
}
