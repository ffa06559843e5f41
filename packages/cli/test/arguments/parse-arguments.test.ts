import { describe, expect, test } from 'vitest'
import type { Command } from '../../src/arguments/command.ts'
import { amountOf, countOf, parseArguments } from '../../src/arguments/parse-arguments.ts'
import { exitCodes } from '../../src/exit-codes.ts'

const command: Command = {
  name: 'run',
  says: 'Runs.',
  takes: '<plan>',
  positionals: { least: 1, most: 1 },
  options: {
    json: { says: 'As JSON.' },
    budget: { value: 'an amount in USD', says: 'At most.' },
    concurrency: { value: 'a number', says: 'At once.' },
  },
  example: { line: 'ws run plan.yaml', does: 'runs it' },
  run: () => Promise.resolve(exitCodes.completed),
}

const parse = (...args: readonly string[]) => parseArguments(command, args)
const refusal = (...args: readonly string[]) => {
  try {
    parse(...args)
  } catch (error) {
    return error
  }
  return undefined
}

describe('arguments', () => {
  test('options may stand before and after what is given, with and without an equals sign', () => {
    const given = parse('--json', 'plan.yaml', '--budget=12.50', '--concurrency', '5')
    expect(given.positionals).toEqual(['plan.yaml'])
    expect([...given.flags]).toEqual(['json'])
    expect(amountOf(given, 'budget')).toBe(12.5)
    expect(countOf(given, 'concurrency')).toBe(5)
  })

  test('what follows two dashes is no option', () => {
    expect(parse('--', '--json').positionals).toEqual(['--json'])
  })

  test('an unknown option is refused with the nearest one', () => {
    expect(refusal('plan.yaml', '--bugdet', '3')).toMatchObject({
      code: 'WS_CLI_USAGE',
      message: 'ws run has no option --bugdet',
      hint: 'did you mean --budget?',
    })
    expect(refusal('plan.yaml', '-x')).toMatchObject({ hint: 'see: ws run --help' })
    expect(refusal('plan.yaml', '--constructor')).toMatchObject({ code: 'WS_CLI_USAGE' })
  })

  test('a value that is missing, or there without need, is named', () => {
    expect(refusal('plan.yaml', '--budget')).toMatchObject({ message: '--budget expects an amount in USD' })
    expect(refusal('plan.yaml', '--json=yes')).toMatchObject({ message: '--json takes no value' })
  })

  test('too little and too much is refused, but not where help is asked for', () => {
    expect(refusal()).toMatchObject({ message: 'ws run expects <plan>' })
    expect(refusal('a', 'b')).toMatchObject({ message: 'ws run does not know what to do with "b"' })
    expect(parse('--help').flags.has('help')).toBe(true)
    expect(parse('-h').flags.has('help')).toBe(true)
  })

  test('numbers that make no sense are refused, naming what would', () => {
    expect(() => countOf(parse('p', '--concurrency', '0'), 'concurrency')).toThrow('--concurrency is "0"')
    expect(() => countOf(parse('p', '--concurrency', '1e3'), 'concurrency')).toThrow('"1e3"')
    expect(() => amountOf(parse('p', '--budget', 'free'), 'budget')).toThrow('--budget is "free"')
  })
})
