import { ToolHealthEntry } from '@ws/tools'
import * as z from 'zod'
import type { Command } from '../arguments/command.ts'
import { exitCodes } from '../exit-codes.ts'
import { writeTable } from '../output/table.ts'
import { writeJson } from '../output/write-json.ts'
import { knownTools, probeTools } from '../project/tools.ts'
import { withProject } from '../project/with-project.ts'

/** `ws tools`: what could do work on this machine. */
export const toolsCommand: Command = {
  name: 'tools',
  says: 'Lists the coding tools that are known, with their versions, and which of them are there.',
  takes: '',
  positionals: { least: 0, most: 0 },
  options: { json: { says: 'Writes the health of each tool as a line of JSON.' } },
  example: { line: 'ws tools', does: 'asks each tool for its version, all at once' },
  answers: z.object({
    version: z.literal(1),
    type: z.literal('tools'),
    tools: z.record(z.string(), ToolHealthEntry.extend({ isNamed: z.boolean() })),
  }),
  run: (given, terminal) =>
    withProject(terminal, async ({ config }) => {
      const tools = knownTools(config)
      const health = await probeTools(tools, terminal)
      const rows = tools.flatMap(({ name, isNamed }) => {
        const entry = health[name]
        return entry === undefined ? [] : [{ name, isNamed, ...entry }]
      })
      if (given.flags.has('json')) {
        const all = Object.fromEntries(rows.map(({ name, ...entry }) => [name, entry]))
        writeJson(terminal, { type: 'tools', tools: all })
      } else
        writeTable(
          terminal,
          rows.map(({ name, isNamed, status, version, warning }) => [
            name,
            status,
            version ?? '',
            [isNamed ? 'named in ws.yaml' : '', status === 'missing' ? '' : (warning ?? '')]
              .filter((part) => part !== '')
              .join('; '),
          ]),
        )
      return exitCodes.completed
    }),
}
