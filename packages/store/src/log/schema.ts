import type { DatabaseSync } from 'node:sqlite'
import { corrupt, Fault } from './fault.ts'

/** `WSJL`, in the header of the file: a database of somebody else is never written to. */
const applicationId = 0x57534a4c

/**
 * Each entry brings a database from the version before to its own, all that are missing in one transaction. An
 * entry that was released is never changed.
 */
const migrations: readonly (readonly string[])[] = [
  [
    `CREATE TABLE rows (
  position INTEGER PRIMARY KEY,
  kind TEXT NOT NULL,
  stream TEXT NOT NULL,
  version INTEGER NOT NULL,
  epoch INTEGER NOT NULL,
  first_seq INTEGER NOT NULL,
  event_count INTEGER NOT NULL,
  body TEXT NOT NULL,
  hash BLOB NOT NULL
) STRICT`,
    `CREATE TABLE snapshots (
  stream TEXT PRIMARY KEY,
  machine_version INTEGER NOT NULL,
  version INTEGER NOT NULL,
  last_at REAL NOT NULL,
  position INTEGER NOT NULL,
  row_hash BLOB NOT NULL,
  state TEXT NOT NULL,
  checksum BLOB NOT NULL
) STRICT, WITHOUT ROWID`,
  ],
]

/**
 * Brings the schema up to date, or proves that it is.
 * @throws `WS_STORE_NEWER_SCHEMA`, `WS_STORE_NOT_A_JOURNAL`, or `WS_STORE_CORRUPT` where a table is not as we
 * made it: a damaged declaration would let SQLite read sound bytes wrongly.
 */
export function migrate(
  db: DatabaseSync,
  path: string,
  steps: readonly (readonly string[])[] = migrations,
): void {
  if (isCurrent(db, path, steps)) return
  db.exec('BEGIN IMMEDIATE')
  try {
    // Another process may have migrated while this one waited for the lock.
    if (!isCurrent(db, path, steps)) {
      for (const step of steps.slice(readNumber(db, 'user_version'))) for (const sql of step) db.exec(sql)
      db.exec(`PRAGMA application_id = ${applicationId}`)
      db.exec(`PRAGMA user_version = ${steps.length}`)
    }
    db.exec('COMMIT')
  } finally {
    if (db.isTransaction) db.exec('ROLLBACK')
  }
}

function isCurrent(db: DatabaseSync, path: string, steps: readonly (readonly string[])[]): boolean {
  const version = readNumber(db, 'user_version')
  const id = readNumber(db, 'application_id')
  const tables = db.prepare('SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY name').all()
  if (id !== applicationId) {
    if (id === 0 && version === 0 && tables.length === 0) return false
    throw new Fault('WS_STORE_NOT_A_JOURNAL', `${path} is a database, but no journal`, {
      path,
      applicationId: id,
    })
  }
  if (version > steps.length) {
    throw new Fault(
      'WS_STORE_NEWER_SCHEMA',
      `${path} has schema ${version}, this release knows ${steps.length}`,
      { path, version, known: steps.length },
      'update @ws on this machine',
    )
  }
  const expected = steps.slice(0, version).flat()
  const isAsMade =
    tables.length === expected.length && tables.every(({ sql }) => expected.includes(String(sql)))
  if (!isAsMade) throw corrupt({ part: 'schema', path }, 'its tables are not declared as we declare them')
  return version === steps.length
}

function readNumber(db: DatabaseSync, pragma: string): number {
  return Number(Object.values(db.prepare(`PRAGMA ${pragma}`).get() ?? {})[0])
}
