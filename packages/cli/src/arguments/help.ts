import { exitCodes } from '../exit-codes.ts'
import type { Command } from './command.ts'
import { commonOptions } from './parse-arguments.ts'

/** What `ws --help` shows. */
export function overview(commands: readonly Command[]): string {
  return [
    'ws: runs several coding tools side by side on one git repository',
    '',
    'Usage: ws <command> [options]',
    '',
    ...columns(commands.map(({ name, says }) => [name, says])),
    '',
    `Example: ${commands[0]?.example.line ?? ''}`,
    'More:    ws <command> --help',
    '',
  ].join('\n')
}

/** What `ws <command> --help` shows. */
export function helpFor({ name, says, takes, options, example }: Command): string {
  const all = Object.entries({ ...options, ...commonOptions })
  return [
    says,
    '',
    `Usage: ws ${[name, takes, '[options]'].filter((part) => part !== '').join(' ')}`,
    '',
    ...columns(
      all.map(([option, spec]) => [
        `--${option}${spec.value === undefined ? '' : ` <${shortOf(spec.value)}>`}`,
        spec.says,
      ]),
    ),
    '',
    'Example:',
    `  ${example.line}`,
    `      ${example.does}`,
    '',
    `Exit codes: ${Object.entries(exitCodes)
      .map(([meaning, code]) => `${code} ${words(meaning)}`)
      .join(', ')}`,
    '',
  ].join('\n')
}

/** `an amount in USD` becomes `USD`, `a number` becomes `number`. */
function shortOf(kind: string): string {
  return kind.split(' ').at(-1) ?? kind
}

function words(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)
}

function columns(rows: readonly (readonly [string, string])[]): string[] {
  const width = Math.max(...rows.map(([left]) => left.length))
  return rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`)
}
