import { nearestName } from '@ws/core'
import type { Command } from './command.ts'
import { usageError } from './usage-error.ts'

/** What a line of arguments means: a command with its own arguments, or several of which one is to be chosen. */
export type FoundCommand =
  { readonly command: Command; readonly rest: readonly string[] } | { readonly group: readonly Command[] }

/**
 * The command that a line of arguments begins with. A group alone, such as `ws merge`, is its list.
 * @throws `WS_CLI_USAGE` with the nearest name
 */
export function findCommand(commands: readonly Command[], args: readonly string[]): FoundCommand {
  const [first = '', second] = args
  const alone = commands.find(({ name }) => name === first)
  if (alone !== undefined) return { command: alone, rest: args.slice(1) }
  const group = commands.filter(({ name }) => name.startsWith(`${first} `))
  if (first === '' || group.length === 0) throw unknown(first, commands)
  if (second === '--help' || second === '-h') return { group }
  const named = group.find(({ name }) => name === `${first} ${second}`)
  if (named !== undefined) return { command: named, rest: args.slice(2) }
  const list = group.find(({ name }) => name === `${first} list`)
  if (list !== undefined && (second === undefined || second.startsWith('-')))
    return { command: list, rest: args.slice(1) }
  throw unknown([first, second].filter((word) => word !== undefined).join(' '), group)
}

function unknown(given: string, commands: readonly Command[]): Error {
  const names = commands.map(({ name }) => name)
  // Of a command of two words people often type the second.
  const inside = names.filter((name) => name.endsWith(` ${given}`))
  const nearest =
    inside.length === 1
      ? inside[0]
      : nearestName(given, [...names, ...names.flatMap((name) => name.split(' ').slice(0, -1))])
  return usageError(
    `there is no command ${JSON.stringify(given)}`,
    nearest === undefined ? `there are ${names.join(', ')}` : `did you mean "ws ${nearest}"?`,
  )
}
