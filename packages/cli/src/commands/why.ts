import { explainWaiting, type RunMachineState, systemClock, why, WsError } from '@ws/core'
import { runResult } from '@ws/orchestrator'
import * as z from 'zod'
import type { Command } from '../arguments/command.ts'
import { exitCodes } from '../exit-codes.ts'
import { didYouMean } from '../output/did-you-mean.ts'
import { plainText } from '../output/plain-text.ts'
import { writeWrapped } from '../output/wrap-text.ts'
import { writeJson } from '../output/write-json.ts'
import { readState } from '../project/read-log.ts'
import { withRepository } from '../project/with-project.ts'
import { chooseRun } from './choose-run.ts'

/** `ws why`: everything that is in a task's way. */
export const whyCommand: Command = {
  name: 'why',
  says: 'Says why a task, or the tasks of a workstream, are not running: everything that is in the way.',
  takes: '<task or workstream>',
  positionals: { least: 1, most: 1 },
  options: {
    run: { value: 'an id', says: 'The run that is meant, where it is not the newest.' },
    json: { says: 'Writes what is in the way as a line of JSON.' },
  },
  example: { line: 'ws why guide', does: 'says what each task of "guide" waits for' },
  answers: z.object({
    version: z.literal(1),
    type: z.literal('why'),
    runId: z.string(),
    tasks: z.array(
      z.object({
        id: z.string(),
        state: z.string(),
        because: z.string().optional(),
        waits: z.array(z.looseObject({ text: z.string() })),
      }),
    ),
  }),
  run: (given, terminal) =>
    withRepository(terminal, async ({ facts }) => {
      const state = await readState(facts)
      const runId = chooseRun({ runs: [...(state?.runs.keys() ?? [])] }, given.values.get('run'))
      const tasks =
        state === undefined ? [] : standing(state, runId, given.positionals[0] ?? '', systemClock().now())
      if (given.flags.has('json')) writeJson(terminal, { type: 'why', runId, tasks })
      else
        for (const { id, state: phase, because: said, waits } of tasks) {
          const clauses = [...(said === undefined ? [] : [said]), ...waits.map(({ text }) => text)]
          const lines = clauses.length === 0 ? [phase] : clauses.map((clause) => `${phase}: ${clause}`)
          for (const line of lines) writeWrapped(terminal, plainText(`${id} ${line}`), '  ')
        }
      return exitCodes.completed
    }),
}

/** @throws `WS_TASK_UNKNOWN` with the nearest name */
function standing(state: RunMachineState, runId: string, name: string, now: number) {
  const tasks = [...(state.runs.get(runId)?.tasks.values() ?? [])]
  const meant = tasks.filter(({ id, workstream }) => id === name || workstream.spec.id === name)
  if (meant.length === 0) {
    const names = tasks.flatMap(({ id, workstream }) => [id, workstream.spec.id])
    throw new WsError('WS_TASK_UNKNOWN', `run ${runId} has no task or workstream ${JSON.stringify(name)}`, {
      hint: didYouMean(name, [...new Set(names)]),
    })
  }
  const run = state.runs.get(runId)
  const ended = run === undefined ? [] : runResult(run).workstreams.flatMap((each) => each.tasks)
  return meant.map(({ id, phase, workstream }) => ({
    id,
    state: phase.state,
    ...because(ended.find((task) => task.id === id)?.error, phase.state, workstream.spec.id),
    waits: why(state, runId, id, now).map((waiting) => ({
      ...waiting,
      text: explainWaiting(waiting, runId),
    })),
  }))
}

/** Why it ended as it did, and what can be done about that. */
function because(
  error: string | undefined,
  state: string,
  workstream: string,
): { readonly because?: string } {
  if (error === undefined) return {}
  const next = state === 'QUARANTINED' ? ` (ws release ${workstream}, or ws discard ${workstream})` : ''
  return { because: `${error}${next}` }
}
