import { existsSync, readdirSync, statSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { nearestName } from '@ws/core'
import * as z from 'zod'
import { countOf } from '../arguments/parse-arguments.ts'
import type { Command } from '../arguments/command.ts'
import { usageError } from '../arguments/usage-error.ts'
import { exitCodes } from '../exit-codes.ts'
import { plainText } from '../output/plain-text.ts'
import { writeJson } from '../output/write-json.ts'
import { filesFolder } from '../project/files-folder.ts'
import { logName } from '../project/log-name.ts'
import { invalidError } from '../project/invalid-error.ts'
import { readState } from '../project/read-log.ts'
import { withRepository } from '../project/with-project.ts'
import { chooseRun } from './choose-run.ts'
import { followLog } from './logs-follow.ts'

/** `ws logs`: what a tool wrote. */
export const logsCommand: Command = {
  name: 'logs',
  says: 'Shows what a task wrote, or which logs a run has.',
  takes: '[task]',
  positionals: { least: 0, most: 1 },
  options: {
    run: { value: 'an id', says: 'The run that is meant, where it is not the newest.' },
    attempt: { value: 'a number', says: 'The attempt, where it is not the first.' },
    follow: { says: 'Goes on showing what is written, until the task has ended.' },
    tail: { value: 'a number', says: 'Only so many of the last lines.' },
    json: { says: 'Writes the file and its lines as a line of JSON.' },
  },
  example: { line: 'ws logs add-tax --tail 20', does: 'shows the last 20 lines of the task "add-tax"' },
  answers: z.object({
    version: z.literal(1),
    type: z.literal('logs'),
    runId: z.string(),
    /** Left out with --follow. */
    files: z.array(z.string()).optional(),
    file: z.string().optional(),
    lines: z.array(z.string()).optional(),
  }),
  run: (given, terminal) =>
    withRepository(terminal, async ({ facts }) => {
      const state = await readState(facts)
      const runId = chooseRun({ runs: [...(state?.runs.keys() ?? [])] }, given.values.get('run'))
      const folder = join(filesFolder(facts), 'runs', runId, 'logs')
      const files = existsSync(folder)
        ? readdirSync(folder)
            .filter((name) => statSync(join(folder, name)).size > 0)
            .toSorted()
        : []
      const isJson = given.flags.has('json')
      const [task] = given.positionals
      if (given.flags.has('follow')) {
        if (task === undefined) throw usageError('ws logs --follow expects a task', 'see: ws logs --help')
        const attempt = countOf(given, 'attempt')
        return followLog(facts, { runId, task, folder, attempt, isJson }, terminal)
      }
      if (task === undefined) {
        if (isJson) writeJson(terminal, { type: 'logs', runId, files })
        else for (const name of files) terminal.out(`${plainText(name.replace(/\.log$/, ''))}\n`)
        return exitCodes.completed
      }
      const attempt = countOf(given, 'attempt') ?? 1
      const known = state?.runs.get(runId)?.tasks.get(task)
      if (!files.includes(logName(task, attempt)) && known !== undefined && attempt <= known.attempt) {
        if (isJson) writeJson(terminal, { type: 'logs', runId, files, lines: [] })
        else terminal.err(`${plainText(task)} wrote nothing\n`)
        return exitCodes.completed
      }
      const file = fileOf(task, attempt, files)
      const text = await readFile(join(folder, file), 'utf8')
      const all = text.replace(/\n$/, '').split('\n')
      const lines = all.slice(-(countOf(given, 'tail') ?? all.length))
      if (isJson) writeJson(terminal, { type: 'logs', runId, files, file, lines })
      else terminal.out(`${plainText(lines.join('\n'), { keepsLines: true })}\n`)
      return exitCodes.completed
    }),
}

/** @throws `WS_CLI_INVALID` with the nearest name */
function fileOf(task: string, attempt: number, files: readonly string[]): string {
  const file = logName(task, attempt)
  if (files.includes(file)) return file
  const names = files.map((name) => name.replace(/\.log$/, ''))
  const nearest = nearestName(task, names)
  throw invalidError(
    `there is no log of ${JSON.stringify(task)}${attempt === 1 ? '' : `, attempt ${attempt}`}`,
    nearest === undefined || nearest === task
      ? `there are ${names.length === 0 ? 'none yet' : names.join(', ')}`
      : `did you mean ${nearest}?`,
  )
}
