import { parseArgs } from 'node:util'
import { nearestName } from '@ws/core'
import type { Command, Given, OptionSpec } from './command.ts'
import { usageError } from './usage-error.ts'

/** Options that every command has. */
export const commonOptions: Readonly<Record<string, OptionSpec>> = {
  help: { says: 'Shows what this command does.' },
  'no-color': { says: 'Shows no colours, as with NO_COLOR; a pipe never gets any.' },
}

/**
 * What was given to a command.
 * @throws `WS_CLI_USAGE` naming what is not known, with the nearest name
 */
export function parseArguments(command: Command, args: readonly string[]): Given {
  const options: Readonly<Record<string, OptionSpec>> = { ...command.options, ...commonOptions }
  const { tokens } = parseArgs({
    args: [...args],
    strict: false,
    tokens: true,
    allowPositionals: true,
    options: Object.fromEntries(
      Object.entries(options).map(([name, option]) => [
        name,
        { type: option.value === undefined ? ('boolean' as const) : ('string' as const) },
      ]),
    ),
  })
  const positionals: string[] = []
  const flags = new Set<string>()
  const values = new Map<string, string>()
  for (const token of tokens) {
    if (token.kind === 'positional') positionals.push(token.value)
    if (token.kind !== 'option') continue
    const name = token.rawName === '-h' ? 'help' : token.name
    const option = Object.hasOwn(options, name) ? options[name] : undefined
    if (option === undefined) throw unknownOption(command, token.rawName, Object.keys(options))
    if (option.value === undefined) {
      if (token.value !== undefined) throw usageError(`${token.rawName} takes no value`, seeHelp(command))
      flags.add(name)
    } else if (token.value === undefined || token.value === '') {
      throw usageError(`${token.rawName} expects ${option.value}`, seeHelp(command))
    } else values.set(name, token.value)
  }
  const { least, most } = command.positionals
  if (!flags.has('help') && (positionals.length < least || positionals.length > most))
    throw usageError(
      positionals.length < least
        ? `ws ${command.name} expects ${command.takes}`
        : `ws ${command.name} does not know what to do with ${JSON.stringify(positionals[most])}`,
      seeHelp(command),
    )
  return { positionals, flags, values }
}

/** A whole number of an option. @throws `WS_CLI_USAGE` */
export function countOf({ values }: Pick<Given, 'values'>, name: string): number | undefined {
  const text = values.get(name)
  if (text === undefined) return undefined
  return requireCount(text, `--${name}`)
}

/** @throws `WS_CLI_USAGE` */
export function requireCount(text: string, what: string): number {
  const count = Number(text)
  if (/^\d+$/.test(text) && count >= 1 && count <= 10_000) return count
  throw usageError(`${what} is ${JSON.stringify(text)}`, 'expected a whole number from 1 to 10000')
}

/** An amount of an option. @throws `WS_CLI_USAGE` */
export function amountOf({ values }: Given, name: string): number | undefined {
  const text = values.get(name)
  if (text === undefined) return undefined
  return requireAmount(text, `--${name}`)
}

/** @throws `WS_CLI_USAGE` */
export function requireAmount(text: string, what: string): number {
  const amount = Number(text)
  if (/^\d*\.?\d+$/.test(text) && amount > 0) return amount
  throw usageError(`${what} is ${JSON.stringify(text)}`, 'expected an amount in USD above 0, such as 12.50')
}

function unknownOption(command: Command, given: string, names: readonly string[]): Error {
  const nearest = nearestName(given.replace(/^-+/, ''), names)
  return usageError(
    `ws ${command.name} has no option ${given}`,
    nearest === undefined ? seeHelp(command) : `did you mean --${nearest}?`,
  )
}

function seeHelp({ name }: Command): string {
  return `see: ws ${name} --help`
}
