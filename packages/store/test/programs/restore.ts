import { writeSync } from 'node:fs'
import { restoreSqliteJournal } from '../../src/index.ts'

// Puts a copy where a journal is: `restore.ts <copy> <journal>`.

const [from = '', path = ''] = process.argv.slice(2)
try {
  writeSync(1, `restored ${(await restoreSqliteJournal({ from, path })).position}\n`)
} catch (error) {
  writeSync(1, `no ${error instanceof Error && 'code' in error ? String(error.code) : String(error)}\n`)
}
