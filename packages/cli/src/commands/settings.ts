import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { builtInTools, formatProblems, parsePlan } from '@ws/core'
import { jsonSchemas } from '@ws/store/records'
import * as z from 'zod'
import type { Command } from '../arguments/command.ts'
import { usageError } from '../arguments/usage-error.ts'
import { exitCodes } from '../exit-codes.ts'
import { didYouMean } from '../output/did-you-mean.ts'
import { writeJson } from '../output/write-json.ts'
import { invalidError } from '../project/invalid-error.ts'
import { withProject } from '../project/with-project.ts'

/** What people write, and what it means. */
export const settingsCommands: readonly Command[] = [
  {
    name: 'config',
    says: 'Shows the settings of this repository as they are understood, with every default.',
    takes: '',
    positionals: { least: 0, most: 0 },
    options: { json: { says: 'Writes them as one line of JSON.' } },
    example: { line: 'ws config', does: 'shows what ws.yaml says, and what holds where it says nothing' },
    answers: z.object({ version: z.literal(1), type: z.literal('config'), config: z.looseObject({}) }),
    run: (given, terminal) =>
      withProject(terminal, async ({ config }) => {
        if (given.flags.has('json')) writeJson(terminal, { type: 'config', config })
        else terminal.out(`${JSON.stringify(config, null, 2)}\n`)
        return Promise.resolve(exitCodes.completed)
      }),
  },
  {
    name: 'schema',
    says: 'Writes the JSON Schema of a file or an answer, for editors and other programs.',
    takes: '<name>',
    positionals: { least: 0, most: 1 },
    options: {},
    example: { line: 'ws schema plan', does: 'writes the schema of plan files' },
    run({ positionals: [name] }, terminal) {
      const schemas: Readonly<Record<string, object>> = jsonSchemas()
      const names = Object.keys(schemas)
      const schema = name === undefined ? undefined : schemas[name]
      if (name === undefined) terminal.out(`${names.join('\n')}\n`)
      else if (schema === undefined || !Object.hasOwn(schemas, name))
        throw usageError(`there is no schema ${JSON.stringify(name)}`, didYouMean(name, names))
      else terminal.out(`${JSON.stringify(schema, null, 2)}\n`)
      return Promise.resolve(exitCodes.completed)
    },
  },
  {
    name: 'compile',
    says: 'Reads a plan in any format that is understood, and writes it in that of ws, as JSON.',
    takes: '<plan>',
    positionals: { least: 1, most: 1 },
    options: { json: { says: 'Writes it as one line of JSON, with the format that it was in.' } },
    example: { line: 'ws compile plan.yaml', does: 'shows what the plan means to ws' },
    answers: z.object({
      version: z.literal(1),
      type: z.literal('plan'),
      format: z.string(),
      plan: z.looseObject({ workstreams: z.array(z.looseObject({ id: z.string() })) }),
    }),
    async run(given, terminal) {
      const file = given.positionals[0] ?? ''
      const text = await readFile(resolve(terminal.cwd, file), 'utf8').catch(() => {
        throw invalidError(`${file}: there is no such file`, 'name a plan file')
      })
      const described = await withProject(terminal, ({ config }) =>
        Promise.resolve(Object.entries(config.tools).map(([name, tool]) => ({ ...tool, name }))),
      ).catch(() => [])
      const result = await parsePlan(text, { file, tools: [...builtInTools, ...described] })
      if (!result.ok) throw invalidError(formatProblems(result.problems, { text }), 'mend the plan')
      const { plan, format, warnings } = result
      if (given.flags.has('json')) writeJson(terminal, { type: 'plan', format, plan })
      else {
        if (warnings.length > 0) terminal.err(`${formatProblems(warnings, { text })}\n`)
        terminal.out(`${JSON.stringify(plan, null, 2)}\n`)
      }
      return exitCodes.completed
    },
  },
]
