import { existsSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { collectGarbage, type GarbageItem, type Repository, Slots } from '@ws/git'
import * as z from 'zod'
import type { Command, Given } from '../arguments/command.ts'
import { exitCodes } from '../exit-codes.ts'
import { plainText } from '../output/plain-text.ts'
import { writeWrapped } from '../output/wrap-text.ts'
import { writeJson } from '../output/write-json.ts'
import { findTraces, removeTraces } from '../project/traces.ts'
import { whileLeading } from '../project/lead.ts'
import { readLandings } from '../project/read-log.ts'
import { withRepository } from '../project/with-project.ts'
import type { Terminal } from '../terminal.ts'

/** `ws gc`: clears away what nobody needs, with the proof that nothing is lost with it. */
export const gcCommand: Command = {
  name: 'gc',
  says: 'Shows what could be cleared away, why, and what proves that nothing is lost with it; with --apply it goes.',
  takes: '',
  positionals: { least: 0, most: 0 },
  options: {
    apply: { says: 'Clears away what is shown without it.' },
    all: {
      says: 'Everything that ws ever made here: worktrees, branches of runs, kept states, the log. What has not landed is lost.',
    },
    json: { says: 'Writes what goes, or would, as a line of JSON.' },
  },
  example: { line: 'ws gc --apply', does: 'clears away what a crash and time have left' },
  answers: z.object({
    version: z.literal(1),
    type: z.literal('gc'),
    isDry: z.boolean(),
    items: z.array(z.object({ kind: z.string(), name: z.string(), why: z.string(), proof: z.string() })),
    forPerson: z.array(z.looseObject({ kind: z.string(), name: z.string(), message: z.string() })),
    freedBytes: z.number().optional(),
  }),
  async run(given, terminal) {
    if (given.flags.has('all')) return removeAll(given, terminal)
    return withRepository(terminal, async (repository) => {
      const isDry = !given.flags.has('apply')
      const landings = await readLandings(repository.facts)
      const collect = () =>
        collectGarbage(new Slots(repository), {
          dryRun: isDry,
          landedAt: ({ run, workstream }) => landings.get(`${run}/${workstream}`),
        })
      const found = isDry ? await collect() : await whileLeading(repository, 'ws gc', collect)
      const { items, forPerson, freeBytesAfter, freeBytesBefore } = found
      tell({ items, forPerson, isDry }, given, terminal, Math.max(0, freeBytesAfter - freeBytesBefore))
      return exitCodes.completed
    })
  },
}

interface Told {
  readonly items: readonly Pick<GarbageItem, 'name' | 'why' | 'proof'>[]
  readonly forPerson: readonly { readonly message: string }[]
  readonly isDry: boolean
}

function tell(
  { items, forPerson, isDry }: Told,
  given: Given,
  terminal: Terminal,
  freedBytes?: number,
): void {
  if (given.flags.has('json')) {
    const freed = freedBytes === undefined ? {} : { freedBytes }
    writeJson(terminal, { type: 'gc', isDry, items, forPerson, ...freed })
    return
  }
  const write = (text: string, indent?: string) => writeWrapped(terminal, plainText(text), indent)
  for (const { name, why, proof } of items) {
    write(`${isDry ? 'would go' : 'gone'}: ${name}`, '  ')
    writeWrapped(terminal, `  ${plainText(why)}; ${plainText(proof)}`, '  ')
  }
  for (const { message } of forPerson) write(`for a person: ${message}`, '  ')
  if (items.length === 0) write('nothing to clear away')
  else if (isDry) write(`ws gc ${given.flags.has('all') ? '--all ' : ''}--apply does it`)
}

async function removeAll(given: Given, terminal: Terminal) {
  const isDry = !given.flags.has('apply')
  const { items, folders } = await withRepository(terminal, async (repository: Repository) => {
    const traces = await findTraces(repository)
    if (!isDry) await whileLeading(repository, 'ws gc --all', () => removeTraces(repository, traces))
    return { items: traces.items, folders: traces.folders }
  })
  // Last, when nothing of ours has them open any more.
  if (!isDry)
    for (const folder of folders)
      if (existsSync(folder)) await rm(folder, { recursive: true, force: true, maxRetries: 5 })
  tell({ items, forPerson: [], isDry }, given, terminal)
  return exitCodes.completed
}
