import { DatabaseSync } from 'node:sqlite'
import { expect, test, vi } from 'vitest'
import { checkVersion, loadSqlite, setPragmas } from '../../src/log/sqlite.ts'

test.each(['3.51.3', '3.51.10', '3.52.0', '4.0.0'])('SQLite %s is recent enough', (version) => {
  expect(() => checkVersion(version)).not.toThrow()
})

test.each(['3.51.2', '3.50.9', '2.99.99', '3.51', 'unknown'])('SQLite %s is refused by name', (version) => {
  expect(() => checkVersion(version)).toThrow(expect.objectContaining({ code: 'WS_STORE_SQLITE_VERSION' }))
})

test('a pragma that SQLite does not take is refused', () => {
  // A database in memory has no write-ahead log.
  expect(() => setPragmas(new DatabaseSync(':memory:'))).toThrow(
    expect.objectContaining({
      code: 'WS_STORE_PRAGMA',
      details: { name: 'journal_mode', is: 'memory', answer: 'wal' },
    }),
  )
})

test('of the warnings raised while SQLite is loaded, only the one about SQLite is kept back', async () => {
  const { emitWarning } = process
  const seen = vi.fn()
  process.emitWarning = seen
  try {
    const loading = loadSqlite()
    process.emitWarning(
      'SQLite is an experimental feature and might change at any time',
      'ExperimentalWarning',
    )
    process.emitWarning('something else', 'ExperimentalWarning')
    await loading
    expect(process.emitWarning).toBe(seen)
  } finally {
    process.emitWarning = emitWarning
  }
  expect(seen.mock.calls).toEqual([['something else', 'ExperimentalWarning']])
})
