import { writeSync } from 'node:fs'
import { openSqliteJournal } from '../../src/index.ts'

// Copies a journal: `back-up.ts <journal> <copy>`.

const [path = '', to = ''] = process.argv.slice(2)
const journal = await openSqliteJournal({ path })
try {
  writeSync(1, `copied ${(await journal.backup(to)).position}\n`)
} catch (error) {
  writeSync(1, `no ${error instanceof Error && 'code' in error ? String(error.code) : String(error)}\n`)
}
await journal.close()
