import { withTempDir } from '@ws/testing'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { expect, test } from 'vitest'
import { openSqliteJournal } from '../../src/index.ts'
import { migrate } from '../../src/log/schema.ts'
import { appendSample } from '../sample-steps.ts'

function tables(db: DatabaseSync): unknown[] {
  return db
    .prepare('SELECT name FROM sqlite_schema ORDER BY name')
    .all()
    .map(({ name }) => name)
}

const first = ['CREATE TABLE a (x INTEGER) STRICT']
const second = ['ALTER TABLE a RENAME TO b', 'CREATE TABLE c (x INTEGER) STRICT']

test('a database is brought through every version that it has missed', () => {
  const db = new DatabaseSync(':memory:')
  migrate(db, 'x.db', [first])
  expect(tables(db)).toEqual(['a'])
  migrate(db, 'x.db', [first])
  expect(db.prepare('PRAGMA user_version').get()).toEqual({ user_version: 1 })
})

test('a migration that fails leaves the database as it was', () => {
  const db = new DatabaseSync(':memory:')
  migrate(db, 'x.db', [first])
  expect(() => migrate(db, 'x.db', [first, [...second, 'CREATE TABLE c (y)']])).toThrow(/already exists/)
  expect(tables(db)).toEqual(['a'])
  expect(db.prepare('PRAGMA user_version').get()).toEqual({ user_version: 1 })
  expect(db.isTransaction).toBe(false)
})

test('a newer schema is refused and not touched', () =>
  withTempDir(async (dir) => {
    const path = join(dir, 'journal.db')
    const journal = await openSqliteJournal({ path })
    await appendSample(journal, 1, 2)
    await journal.close()
    const db = new DatabaseSync(path)
    db.exec('PRAGMA user_version = 9')
    db.close()
    await expect(openSqliteJournal({ path })).rejects.toMatchObject({
      code: 'WS_STORE_NEWER_SCHEMA',
      details: { version: 9, known: 1 },
      hint: 'update @ws on this machine',
    })
  }))

test('a database of another program is refused and not touched', () =>
  withTempDir(async (dir) => {
    const path = join(dir, 'other.db')
    const db = new DatabaseSync(path)
    db.exec('PRAGMA journal_mode = WAL; CREATE TABLE theirs (x)')
    await expect(openSqliteJournal({ path })).rejects.toMatchObject({ code: 'WS_STORE_NOT_A_JOURNAL' })
    expect(tables(db)).toEqual(['theirs'])
    db.close()
  }))

test('a table that is declared otherwise is damage', () =>
  withTempDir(async (dir) => {
    const path = join(dir, 'journal.db')
    await (await openSqliteJournal({ path })).close()
    const db = new DatabaseSync(path)
    db.exec('ALTER TABLE rows ADD COLUMN more TEXT')
    db.close()
    await expect(openSqliteJournal({ path })).rejects.toMatchObject({
      code: 'WS_STORE_CORRUPT',
      details: { part: 'schema' },
    })
  }))
