import { existsSync } from 'node:fs'
import { join } from 'node:path'
import {
  explainWaiting,
  replay,
  runMachine,
  type RunMachineState,
  systemClock,
  why,
  type WorkstreamState,
} from '@ws/core'
import { runResult } from '@ws/orchestrator'
import { openSqliteJournal } from '@ws/store'
import type { Command } from '../arguments/command.ts'
import { exitCodes } from '../exit-codes.ts'
import { plainText } from '../output/plain-text.ts'
import { openProject, type Project } from '../project/open-project.ts'
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
  async run(given, terminal) {
    const project = await openProject(terminal)
    try {
      const state = await readState(project)
      const runs = [...(state?.runs.keys() ?? [])]
      if (state === undefined || runs.length === 0) {
        if (given.flags.has('json')) terminal.out('null\n')
        else terminal.out('there is no run in this repository\n')
        return exitCodes.completed
      }
      show(state, chooseRun({ runs }, given.positionals[0]), { terminal, isJson: given.flags.has('json') })
      return exitCodes.completed
    } finally {
      await project.repository.close()
    }
  },
}

/** The state that the log tells. Nothing is led, and nothing is changed. */
async function readState({ repository }: Project): Promise<RunMachineState | undefined> {
  const path = join(repository.facts.wsDir, 'journal.db')
  if (!existsSync(path)) return undefined
  const journal = await openSqliteJournal({ path })
  try {
    return (await replay(runMachine({ ignoreCase: repository.facts.ignoreCase }), journal)).state
  } finally {
    await journal.close()
  }
}

function show(
  state: RunMachineState,
  runId: string,
  { terminal, isJson }: { readonly terminal: Terminal; readonly isJson: boolean },
): void {
  const run = state.runs.get(runId)
  if (run === undefined) return
  const result = runResult(run)
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
    terminal.out(
      `${JSON.stringify({ ...result, name: run.spec.name, startedAt: run.startedAt, workstreams })}\n`,
    )
    return
  }
  const reason = result.reason === undefined ? '' : ` (${result.reason})`
  terminal.out(plainText(`run ${runId} "${run.spec.name}": ${result.status}${reason}`) + '\n')
  const rows = [...run.workstreams.values()].map((workstream) => rowOf(workstream, waits(workstream)))
  const widths = rows.reduce((most, row) => row.map((cell, at) => Math.max(most[at] ?? 0, cell.length)), [0])
  for (const row of rows)
    terminal.out(
      `  ${row
        .map((cell, at) => cell.padEnd(widths[at] ?? 0))
        .join('  ')
        .trimEnd()}\n`,
    )
}

function rowOf({ spec, phase, tasks }: WorkstreamState, waits: readonly string[]): string[] {
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
    doing,
  ].map((cell) => plainText(cell))
}
