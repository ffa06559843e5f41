import { existsSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { openSqliteJournal } from '../src/index.ts'
import { appendSample } from '../test/sample-steps.ts'

// node --conditions=@ws/source scripts/make-fixture.ts v2
//
// Keeps the log that today's release writes; run it once before a release that changes the schema or a row. A
// fixture is never made anew: later releases must read what this one wrote.

const name = process.argv[2]
if (name === undefined || !/^v\d+$/.test(name)) throw new Error('say which version: v1, v2, …')
const home = join(fileURLToPath(new URL('../test/fixtures', import.meta.url)), name)
if (existsSync(home)) throw new Error(`${home} exists: a fixture is kept as it is`)

const journal = await openSqliteJournal({ path: join(home, 'journal.db') })
await appendSample(journal, 1, 8)
await journal.lead(1)
await journal.checkpoint()
await journal.saveSnapshot({
  stream: 'run',
  machineVersion: 1,
  version: 4,
  lastAt: 1_700_000_000_007,
  state: { tasks: ['a'] },
})
await appendSample(journal, 9, 12)
await journal.lead(3)
await journal.close()
rmSync(join(home, 'journal.db-wal'), { force: true })
