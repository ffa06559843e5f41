import { isWsError, nearestName } from '@ws/core'
import type { Command } from './arguments/command.ts'
import { helpFor, overview } from './arguments/help.ts'
import { parseArguments } from './arguments/parse-arguments.ts'
import { usageError } from './arguments/usage-error.ts'
import { cancelCommand } from './commands/cancel.ts'
import { resumeCommand } from './commands/resume.ts'
import { runCommand } from './commands/run.ts'
import { statusCommand } from './commands/status.ts'
import { steeringCommands } from './commands/steer.ts'
import { type ExitCode, exitCodes } from './exit-codes.ts'
import { plainText } from './output/plain-text.ts'
import type { Terminal } from './terminal.ts'

const commands: readonly Command[] = [
  runCommand,
  resumeCommand,
  statusCommand,
  cancelCommand,
  ...steeringCommands,
]

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

async function obey([name, ...rest]: readonly string[], terminal: Terminal): Promise<ExitCode> {
  const isHelp = name === undefined || name === '--help' || name === '-h' || name === 'help'
  if (isHelp && (rest[0] === undefined || name !== 'help')) {
    terminal.out(overview(commands))
    return name === undefined ? exitCodes.usage : exitCodes.completed
  }
  const wanted = isHelp ? (rest[0] ?? '') : name
  const command = commands.find((each) => each.name === wanted)
  if (command === undefined) throw unknownCommand(wanted)
  const given = isHelp ? undefined : parseArguments(command, rest)
  if (given === undefined || given.flags.has('help')) {
    terminal.out(helpFor(command))
    return exitCodes.completed
  }
  return command.run(given, terminal)
}

function unknownCommand(name: string): Error {
  const names = commands.map((command) => command.name)
  const nearest = nearestName(name, names)
  return usageError(
    `there is no command ${JSON.stringify(name)}`,
    nearest === undefined ? `there are ${names.join(', ')}` : `did you mean "ws ${nearest}"?`,
  )
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
  if (code === 'WS_LEADER_ELSEWHERE') return exitCodes.ledElsewhere
  if (invalid.has(code) || code.startsWith('WS_GIT_')) return exitCodes.invalid
  return exitCodes.fault
}

const invalid = new Set([
  'WS_CLI_INVALID',
  'WS_PLAN_INVALID',
  'WS_SELECTION_UNKNOWN',
  'WS_SELECTION_NEEDS',
  'WS_TOOL_MISSING',
  'WS_TOOL_SETTINGS',
  'WS_RUN_UNKNOWN',
  'WS_RUN_TAKEN',
  'WS_RUN_INVALID',
  'WS_RUN_ENDED',
  'WS_RUN_ENDING',
  'WS_TASK_STATE',
  'WS_TASK_UNKNOWN',
  'WS_WORKSTREAM_STATE',
  'WS_WORKSTREAM_UNKNOWN',
])
