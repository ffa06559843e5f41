import { copyFileSync, existsSync, linkSync, mkdirSync, rmSync } from 'node:fs'
import { dirname } from 'node:path'
import { anchorPath, readAnchor } from './anchor-file.ts'
import type { Head } from './chain.ts'
import { checkLog } from './check-log.ts'
import { copyArchive } from './copy-archive.ts'
import { putInPlace } from './copy-log.ts'
import { openDatabase } from './database.ts'
import { Fault, storageFault } from './fault.ts'
import { refuseNetworkFileSystem } from './network-file-system.ts'
import type { Sqlite } from './sqlite.ts'

/** What is restored, and where. */
export interface RestoreOptions {
  readonly from: string
  readonly to: string
}

/** What came back, and where the log that was there lies now. */
export interface Restored {
  readonly head: Head
  readonly replaced: string | undefined
}

/**
 * Puts a copy of a log where a journal is. The copy is copied once more, beside the journal, and checked there from
 * its first row; only a whole one takes the journal's place, and what was there is kept under another name. A
 * crash leaves the old log, or a mixture that is reported as damaged, or the new one.
 * @throws `WS_STORE_RESTORE`, `WS_STORE_CORRUPT`, `WS_STORE_BUSY`
 */
export function restoreLog(sqlite: Sqlite, { from, to }: RestoreOptions): Restored {
  if (!existsSync(from) || readAnchor(from) === undefined)
    throw new Fault(
      'WS_STORE_RESTORE',
      `${from} is no copy of a journal: database and anchor belong together`,
      { path: from },
      'name a file that backup() wrote, with its "-anchor" beside it',
    )
  mkdirSync(dirname(to), { recursive: true, mode: 0o700 })
  refuseNetworkFileSystem(dirname(to))
  const part = `${to}-restoring`
  remove(part)
  try {
    for (const ending of endings) if (existsSync(from + ending)) copyFileSync(from + ending, part + ending)
    const head = checkCopy(sqlite, part)
    const replaced = existsSync(to) || existsSync(anchorPath(to)) ? setAside(sqlite, to) : undefined
    copyArchive(from, to)
    putInPlace(part, to)
    return { head, replaced }
  } finally {
    remove(part)
  }
}

/** All that belongs to a log; its shared memory is made anew. */
const endings = ['', '-wal', '-anchor']

/** Reads all of it; when it is closed its write-ahead log is part of the database. */
function checkCopy(sqlite: Sqlite, path: string): Head {
  const db = openDatabase(sqlite, path, 0)
  try {
    return checkLog(db.prepare('SELECT * FROM rows WHERE position > ? ORDER BY position'), path).head
  } finally {
    db.close()
  }
}

/** Keeps the log that is there under another name, and makes sure that nobody writes to it. */
function setAside(sqlite: Sqlite, path: string): string {
  if (existsSync(path)) requireUnused(sqlite, path)
  let aside = ''
  for (let n = 1; aside === '' || endings.some((ending) => existsSync(aside + ending)); n += 1)
    aside = `${path}-replaced-${n}`
  copyArchive(path, aside)
  for (const ending of endings) if (existsSync(path + ending)) linkSync(path + ending, aside + ending)
  // A write-ahead log of a database that could not be opened must not be taken for one of the new database.
  for (const ending of ['-wal', '-shm']) rmSync(path + ending, { force: true })
  // The anchor is replaced by a rename; a link would be written through.
  return aside
}

/** SQLite leaves write-ahead logging only where it is alone; and on leaving it takes that log in. */
function requireUnused(sqlite: Sqlite, path: string): void {
  let db: InstanceType<Sqlite['DatabaseSync']> | undefined
  try {
    db = new sqlite.DatabaseSync(path, { timeout: 0 })
    db.exec('PRAGMA journal_mode = DELETE')
    db.exec('PRAGMA journal_mode = WAL')
  } catch (error) {
    const fault = storageFault(error, path, 'replacing')
    if (fault.code === 'WS_STORE_BUSY')
      throw new Fault(
        'WS_STORE_BUSY',
        `${path} is in use, so it is not replaced`,
        { path },
        'stop whoever uses it',
      )
    // A damaged one is what a restore is for.
  } finally {
    db?.close()
  }
}

function remove(path: string): void {
  for (const ending of [...endings, '-shm']) rmSync(path + ending, { force: true })
}
