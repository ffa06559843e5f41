import { exitCodes } from '../exit-codes.ts'
import { wrapText } from '../output/wrap-text.ts'
import type { Command } from './command.ts'
import { commonOptions } from './parse-arguments.ts'

/** What `ws --help` shows, in lines of a width. */
export function overview(commands: readonly Command[], width: number): string {
  return [
    ...wrapText('ws: runs several coding tools side by side on one git repository', width),
    '',
    'Usage: ws <command> [options]',
    '',
    ...columns(
      commands.map(({ name, says }) => [name, says]),
      width,
    ),
    '',
    'Example: ws init, then ws run plan.yaml',
    'More:    ws <command> --help',
    '',
  ].join('\n')
}

/** What `ws <command> --help` shows, in lines of a width. */
export function helpFor({ name, says, takes, options, example }: Command, width: number): string {
  const all = Object.entries({ ...options, ...commonOptions })
  const codes = Object.entries(exitCodes).map(([meaning, code]) => `${code} ${words(meaning)}`)
  return [
    ...wrapText(says, width),
    '',
    ...wrapText(
      `Usage: ws ${[name, takes, '[options]'].filter((part) => part !== '').join(' ')}`,
      width,
      '  ',
    ),
    '',
    ...columns(
      all.map(([option, spec]) => [
        `--${option}${spec.value === undefined ? '' : ` <${shortOf(spec.value)}>`}`,
        spec.says,
      ]),
      width,
    ),
    '',
    'Example:',
    `  ${example.line}`,
    ...wrapText(`      ${example.does}`, width, '      '),
    '',
    ...wrapText(`Exit codes: ${codes.join(', ')}`, width, '  '),
    '',
  ].join('\n')
}

/** `an amount in USD` becomes `USD`, `a number` becomes `number`. */
export function shortOf(kind: string): string {
  return kind.split(' ').at(-1) ?? kind
}

function words(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)
}

function columns(rows: readonly (readonly [string, string])[], width: number): string[] {
  const left = Math.max(...rows.map(([name]) => name.length)) + 4
  return rows.flatMap(([name, says]) =>
    wrapText(`  ${name}`.padEnd(left) + says, width, ' '.repeat(Math.min(left, width / 2))),
  )
}
