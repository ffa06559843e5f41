import { isWsError } from '@ws/core'
import { findCommand } from './arguments/find-command.ts'
import { helpFor, overview } from './arguments/help.ts'
import { parseArguments } from './arguments/parse-arguments.ts'
import { commands } from './commands/all-commands.ts'
import { type ExitCode, exitCodes } from './exit-codes.ts'
import { coloured } from './output/coloured.ts'
import { plainText } from './output/plain-text.ts'
import { ownVersion } from './platform/own-version.ts'
import type { Terminal } from './terminal.ts'

/**
 * Does what a line of arguments says, and resolves with the exit code. Nothing is thrown: what goes wrong is written
 * to the terminal's standard error.
 *
 * @example
 * process.exitCode = await runCli(['run', 'plan.yaml'], terminal)
 */
export async function runCli(args: readonly string[], terminal: Terminal): Promise<ExitCode> {
  try {
    return await obey(args, terminal)
  } catch (error) {
    return tell(error, terminal)
  }
}

async function obey(args: readonly string[], terminal: Terminal): Promise<ExitCode> {
  const [name, ...rest] = args
  const asksHelp = name === '--help' || name === '-h' || name === 'help'
  if (name === '--version') {
    terminal.out(`${ownVersion()}\n`)
    return exitCodes.completed
  }
  if (name === undefined || (asksHelp && (rest[0] === undefined || name !== 'help'))) {
    terminal.out(overview(commands, terminal.columns))
    return name === undefined ? exitCodes.usage : exitCodes.completed
  }
  const found = findCommand(commands, asksHelp ? [...rest, '--help'] : args)
  if ('group' in found) {
    terminal.out(overview(found.group, terminal.columns))
    return exitCodes.completed
  }
  const given = parseArguments(found.command, found.rest)
  if (given.flags.has('help')) {
    terminal.out(helpFor(found.command, terminal.columns))
    return exitCodes.completed
  }
  const { flags } = given
  return found.command.run(given, coloured(terminal, { name: found.command.name, flags }))
}

function tell(error: unknown, { err, env }: Terminal): ExitCode {
  if (!isWsError(error)) {
    const told = error instanceof Error ? (error.stack ?? error.message) : String(error)
    err(`ws: a fault of this program: ${plainText(told, { keepsLines: true })}\n`)
    return exitCodes.fault
  }
  err(`ws: ${plainText(error.message, { keepsLines: true })}\n`)
  if (error.hint !== undefined) err(`  ${plainText(error.hint)}\n`)
  if (env['WS_DEBUG'] !== undefined) err(`${error.code}\n${error.stack ?? ''}\n`)
  return codeOf(error.code)
}

/** Which exit code a thrown error has: what is not listed is taken for a fault of ours. */
function codeOf(code: string): ExitCode {
  if (code === 'WS_CLI_USAGE') return exitCodes.usage
  if (ledElsewhere.has(code)) return exitCodes.ledElsewhere
  if (invalid.has(code) || fromBelow.test(code)) return exitCodes.invalid
  return exitCodes.fault
}

/** What git, the queue and the log refuse. */
const fromBelow = /^WS_(?:GIT|ENTRY|QUEUE|LANDING|STORE|CHECK|TARGET)_/

const ledElsewhere = new Set(['WS_LEADER_ELSEWHERE', 'WS_LEADER_VERSION', 'WS_QUEUE_LED_ELSEWHERE'])

const invalid = new Set([
  'WS_SOCKET_FOLDER',
  'WS_RUN_ELSEWHERE',
  'WS_CLI_INVALID',
  'WS_PLAN_INVALID',
  'WS_SELECTION_UNKNOWN',
  'WS_SELECTION_NEEDS',
  'WS_TOOL_MISSING',
  'WS_TOOL_SETTINGS',
  'WS_SLUG_TAKEN',
  'WS_SLUG_UNKNOWN',
  'WS_RUN_UNKNOWN',
  'WS_RUN_LIVE',
  'WS_RUN_TAKEN',
  'WS_RUN_INVALID',
  'WS_RUN_ENDED',
  'WS_RUN_ENDING',
  'WS_TASK_STATE',
  'WS_TASK_UNKNOWN',
  'WS_WORKSTREAM_BEGUN',
  'WS_WORKSTREAM_STATE',
  'WS_WORKSTREAM_UNKNOWN',
])
