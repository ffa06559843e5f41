import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import type { Given } from '../arguments/command.ts'
import { usageError } from '../arguments/usage-error.ts'
import { type ExitCode, exitCodes } from '../exit-codes.ts'
import { plainText } from '../output/plain-text.ts'
import { writeJson } from '../output/write-json.ts'
import { filesFolder } from '../project/files-folder.ts'
import type { StartPlansOptions } from './start-plans.ts'

/**
 * Has another process give the command, which outlives this one, and says which runs it began. Where it could not begin,
 * what it wrote is told here, and its exit code is ours.
 */
export async function detach(
  name: string,
  { given, terminal, project }: StartPlansOptions,
): Promise<ExitCode> {
  if (terminal.detach === undefined)
    throw usageError('nothing can be detached from here', 'give the command without --detach')
  const log = logFile(filesFolder(project.repository.facts))
  const answer = await terminal.detach([name, ...argumentsOf(given)], log)
  if (answer.kind === 'ended') {
    terminal.err(plainText(readFileSync(log, 'utf8'), { keepsLines: true }))
    return answer.code
  }
  const { runs, pid } = answer
  if (given.flags.has('json')) writeJson(terminal, { type: 'detached', runs, pid, log })
  else
    for (const run of runs)
      terminal.out(
        plainText(
          `run ${run} goes on in process ${pid}; ws attach ${run} follows it, ws pause ${run} ends it`,
        ) + `\nlog: ${plainText(relative(terminal.cwd, log))}\n`,
      )
  return exitCodes.completed
}

/** A file of its own for each, in a folder that git leaves alone. */
function logFile(files: string): string {
  const folder = join(files, 'detached')
  mkdirSync(folder, { recursive: true })
  if (!existsSync(join(files, '.gitignore'))) writeFileSync(join(files, '.gitignore'), '*\n')
  for (let number = 1; ; number++) {
    const file = join(folder, `${number}.log`)
    try {
      writeFileSync(file, '', { flag: 'wx', mode: 0o600 })
      return file
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error
    }
  }
}

/** The same command without the wish to be detached; its log is for people. */
function argumentsOf({ positionals, flags, values }: Given): readonly string[] {
  return [
    ...[...flags].filter((flag) => flag !== 'detach' && flag !== 'json').map((flag) => `--${flag}`),
    ...[...values].map(([option, value]) => `--${option}=${value}`),
    '--',
    ...positionals,
  ]
}
