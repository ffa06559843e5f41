import { HealthSnapshot } from '@ws/tools'
import * as z from 'zod'
import type { Command } from '../arguments/command.ts'
import { exitCodes } from '../exit-codes.ts'
import { plainText } from '../output/plain-text.ts'
import { writeWrapped } from '../output/wrap-text.ts'
import { writeJson } from '../output/write-json.ts'
import { examine, type Examination, type Trouble } from '../project/examine.ts'
import { whileLeading } from '../project/lead.ts'
import { withRepository } from '../project/with-project.ts'
import type { Terminal } from '../terminal.ts'

/** `ws health`: finds what is not as it should be, and mends it where that is safe. */
export const healthCommand: Command = {
  name: 'health',
  says: 'Looks at the settings, the repository, every worktree, the log and the tools, and says how to mend what it finds.',
  takes: '',
  positionals: { least: 0, most: 0 },
  options: {
    fix: { says: 'Mends what can be mended without losing anything.' },
    json: { says: 'Writes what was found as a line of JSON.' },
  },
  example: { line: 'ws health --fix', does: 'mends what a crash left half done' },
  answers: z.object({
    version: z.literal(1),
    type: z.literal('health'),
    isHealthy: z.boolean(),
    troubles: z.array(
      z.object({
        area: z.enum(['settings', 'repository', 'worktrees', 'store', 'tools']),
        kind: z.string(),
        message: z.string(),
        hint: z.string().optional(),
        state: z.enum(['mended', 'mendable', 'person', 'note']),
      }),
    ),
    tools: HealthSnapshot,
  }),
  run: (given, terminal) =>
    withRepository(terminal, async (repository) => {
      const fix = given.flags.has('fix')
      // Whoever leads mends by itself when it begins; beside it nothing is touched.
      const found = fix
        ? await whileLeading(repository, 'ws health --fix', () => examine(repository, terminal, { fix }))
        : await examine(repository, terminal, { fix })
      const isHealthy = found.troubles.every(({ state }) => state === 'mended' || state === 'note')
      if (given.flags.has('json')) writeJson(terminal, { type: 'health', isHealthy, ...found })
      else tell(found, isHealthy, terminal)
      return isHealthy ? exitCodes.completed : exitCodes.failed
    }),
}

const states: Readonly<Record<Trouble['state'], string>> = {
  mended: 'mended',
  mendable: 'ws health --fix mends it',
  person: '',
  note: 'good to know',
}

function tell({ troubles, tools }: Examination, isHealthy: boolean, terminal: Terminal): void {
  const write = (text: string, indent?: string) => writeWrapped(terminal, text, indent)
  for (const { area, message, hint, state } of troubles) {
    write(`${area}: ${plainText(message)}`, '  ')
    const next = [states[state], hint ?? ''].filter((part) => part !== '').join('; ')
    if (next !== '') write(`  → ${plainText(next)}`, '    ')
  }
  const there = Object.entries(tools).filter(([, { status }]) => status !== 'missing')
  const named = there.map(([name, { version }]) => (version === null ? name : `${name} ${version}`))
  write(`tools: ${named.length === 0 ? 'none is installed' : named.join(', ')}`, '  ')
  write(isHealthy ? 'all is well' : 'not all is well: see above')
}
