import { withTempDir } from '@ws/testing'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { expect, test } from 'vitest'
import { openSqliteJournal } from '../src/index.ts'
import { appendSample } from './sample-steps.ts'

const snapshot = { stream: 'run', machineVersion: 2, version: 3, lastAt: 5, state: { n: 1 } }

async function withSnapshot(sql: string): Promise<unknown> {
  return withTempDir(async (dir) => {
    const path = join(dir, 'journal.db')
    const journal = await openSqliteJournal({ path })
    await appendSample(journal, 1, 6)
    await journal.saveSnapshot(snapshot)
    const db = new DatabaseSync(path)
    db.exec(sql)
    db.close()
    const loaded = await journal.loadSnapshot('run')
    await journal.close()
    return loaded
  })
}

test('a snapshot that fits is given back', async () => {
  expect(await withSnapshot('SELECT 1')).toEqual(snapshot)
})

test.each([
  ['its state was changed', "UPDATE snapshots SET state = replace(state, '1', '2')"],
  ['its version was changed', 'UPDATE snapshots SET version = 2'],
  [
    'it belongs to another stream',
    "UPDATE snapshots SET stream = 'run' WHERE stream = 'run'; UPDATE snapshots SET stream = 'x'",
  ],
  ['it belongs to another log', 'UPDATE snapshots SET row_hash = zeroblob(32)'],
  ['it is ahead of the log', 'UPDATE snapshots SET position = 99'],
])('a snapshot is thrown away when %s', async (_, sql) => {
  expect(await withSnapshot(sql)).toBeUndefined()
})
