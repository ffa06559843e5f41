import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { openSqliteJournal, restoreSqliteJournal } from '@ws/store'
import * as z from 'zod'
import type { Command } from '../arguments/command.ts'
import { exitCodes } from '../exit-codes.ts'
import { plainText } from '../output/plain-text.ts'
import { writeJson } from '../output/write-json.ts'
import { invalidError } from '../project/invalid-error.ts'
import { whileLeading } from '../project/lead.ts'
import { journalFile } from '../project/read-log.ts'
import { withRepository } from '../project/with-project.ts'

const json = { says: 'Writes the answer as a line of JSON.' }

/** Copies of the log. */
export const backupCommands: readonly Command[] = [
  {
    name: 'backup',
    says: 'Writes a checked copy of the log, also while a run is going on.',
    takes: '<file>',
    positionals: { least: 1, most: 1 },
    options: { json },
    example: { line: 'ws backup ../ws-backup.db', does: 'writes ws-backup.db, and beside it its anchor' },
    answers: z.looseObject({ version: z.literal(1), type: z.literal('backup'), file: z.string() }),
    run: (given, terminal) =>
      withRepository(terminal, async ({ facts }) => {
        const path = journalFile(facts)
        if (!existsSync(path)) throw invalidError('there is no log yet', 'ws run makes one')
        const file = resolve(terminal.cwd, given.positionals[0] ?? '')
        const journal = await openSqliteJournal({ path })
        try {
          const verified = await journal.backup(file)
          if (given.flags.has('json')) writeJson(terminal, { type: 'backup', file, ...verified })
          else {
            const archive = existsSync(`${file}.archive`) ? `, ${file}.archive` : ''
            terminal.out(plainText(`wrote ${file}${archive} and ${file}-anchor: keep them together`) + '\n')
          }
        } finally {
          await journal.close()
        }
        return exitCodes.completed
      }),
  },
  {
    name: 'restore',
    says: 'Puts a copy of the log in its place, after checking all of it; what was there is kept beside it.',
    takes: '<file>',
    positionals: { least: 1, most: 1 },
    options: { json },
    example: { line: 'ws restore ../ws-backup.db', does: 'goes back to what the copy says' },
    answers: z.looseObject({ version: z.literal(1), type: z.literal('restored') }),
    run: (given, terminal) =>
      withRepository(terminal, async (repository) => {
        const from = resolve(terminal.cwd, given.positionals[0] ?? '')
        if (!existsSync(from)) throw invalidError(`there is no file ${from}`, 'name what ws backup wrote')
        const restored = await whileLeading(repository, 'ws restore', () =>
          restoreSqliteJournal({ from, path: journalFile(repository.facts) }),
        )
        if (given.flags.has('json')) writeJson(terminal, { type: 'restored', ...restored })
        else terminal.out(plainText(`restored ${from}`) + '\n')
        return exitCodes.completed
      }),
  },
]
