import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import * as z from 'zod'
import type { Command } from '../../src/arguments/command.ts'
import { shortOf } from '../../src/arguments/help.ts'
import { commands } from '../../src/commands/all-commands.ts'
import { exitCodes } from '../../src/exit-codes.ts'

const page = fileURLToPath(new URL('../../../../docs/commands.md', import.meta.url))

const head = `# The commands of \`ws\`

Every command has \`--help\`. What \`--json\` writes is a line of JSON with \`"version": 1\`, to which fields are only
added; commands that follow a run write its events first, each a line, and their answer as the last. A run is named by its id
or the beginning of it; without one, the newest is meant. On a terminal the words that say how something ended have colours, which
\`NO_COLOR\`, every command's \`--no-color\` and \`--json\` leave out; a block is drawn over itself only there, and not with \`CI\`.

This page is made by \`packages/cli/test/pages/commands-page.test.ts\` (\`vitest -u\` writes it anew).
`

const meanings: Readonly<Record<keyof typeof exitCodes, string>> = {
  completed: 'everything that was asked for is done',
  failed: 'something failed, was rejected, is in quarantine, or is not well',
  usage: 'the command was not understood',
  invalid: 'a plan, the settings or the machine do not allow it; nothing was started',
  needsPerson: 'nothing can move without a person',
  paused: 'the run is paused: its budget is spent, a person paused it, or no host offers what it requires',
  cancelled: 'the run was cancelled',
  ledElsewhere: 'another process leads the repository',
  fault: 'a fault of this program',
  interrupted: 'ended by Ctrl-C or SIGTERM; `ws resume` goes on',
}

function entry({ name, says, takes, options, example, answers }: Command): string {
  const own = Object.entries(options).map(
    ([option, spec]) =>
      `- \`--${option}${spec.value === undefined ? '' : ` <${shortOf(spec.value)}>`}\`: ${spec.says}`,
  )
  return [
    `## \`ws ${name}${takes === '' ? '' : ` ${takes}`}\``,
    says,
    ...(own.length === 0 ? [] : [own.join('\n')]),
    `\`${example.line}\`: ${example.does}.`,
    ...(answers === undefined ? [] : [`Answer of \`--json\`: ${fieldsOf(answers)}.`]),
  ].join('\n\n')
}

const Shape = z.looseObject({
  properties: z.record(z.string(), z.unknown()).optional(),
  anyOf: z.array(z.unknown()).optional(),
})

/** The names of what an answer holds, for each of the shapes that it may have. */
function fieldsOf(answers: z.ZodType): string {
  const read = (schema: unknown): readonly string[] => {
    const { properties, anyOf } = Shape.parse(schema)
    if (anyOf !== undefined) return anyOf.flatMap(read)
    return [
      Object.keys(properties ?? {})
        .map((name) => `\`${name}\``)
        .join(', '),
    ]
  }
  return read(z.toJSONSchema(answers, { io: 'input' })).join('; or ')
}

test('docs/commands.md shows every command as its help does', async () => {
  const codes = Object.entries(exitCodes).map(
    ([name, code]) => `- ${code}: ${meanings[name as keyof typeof exitCodes]}`,
  )
  const text = [head, ...commands.map(entry), `## Exit codes`, codes.join('\n')].join('\n\n')
  await expect(`${text.replaceAll(/\n{3,}/g, '\n\n')}\n`).toMatchFileSnapshot(page)
})
