import { closeSync, existsSync, mkdirSync, openSync, readSync } from 'node:fs'
import type { DatabaseSync } from 'node:sqlite'
import { dirname } from 'node:path'
import { readAnchor } from './anchor-file.ts'
import { corrupt, storageFault } from './fault.ts'
import { refuseNetworkFileSystem } from './network-file-system.ts'
import { migrate } from './schema.ts'
import { checkVersion, setPragmas, type Sqlite } from './sqlite.ts'

/** Opens the database of a journal, set up and of today's schema; makes it where there is none. */
export function openDatabase(sqlite: Sqlite, path: string, busyTimeoutMs: number): DatabaseSync {
  const directory = dirname(path)
  try {
    mkdirSync(directory, { recursive: true, mode: 0o700 })
  } catch (error) {
    throw storageFault(error, path, 'making the directory')
  }
  refuseNetworkFileSystem(directory)
  // Looked at before SQLite is: told otherwise, it would throw the write-ahead log away, and with it the evidence.
  const wasWritten = (readAnchor(path)?.position ?? 0) > 0
  if (wasWritten || existsSync(path)) checkFileHeader(path, wasWritten)

  let db: DatabaseSync | undefined
  try {
    db = new sqlite.DatabaseSync(path, { timeout: busyTimeoutMs })
    const [version] = Object.values(db.prepare('SELECT sqlite_version()').get() ?? {})
    checkVersion(String(version))
    setPragmas(db)
    migrate(db, path)
    return db
  } catch (error) {
    db?.close()
    throw storageFault(error, path, 'opening')
  }
}

/** The bytes 18 and 19 of a database say whether it has a write-ahead log. */
function checkFileHeader(path: string, wasWritten: boolean): void {
  const header = Buffer.alloc(20)
  const length = existsSync(path) ? readHeader(path, header) : 0
  // A process may have died after making the file and before writing anything.
  if (length === 0 && !wasWritten) return
  if (length < 20)
    throw corrupt({ part: 'database', path, position: 1, seq: 1 }, 'the file is missing or cut short')
  if (header[18] === 2 && header[19] === 2) return
  // Made, but not yet turned to write-ahead logging: only before the first row.
  if (header[18] === 1 && header[19] === 1 && !wasWritten) return
  throw corrupt({ part: 'database', path }, 'its header denies the write-ahead log')
}

function readHeader(path: string, into: Buffer): number {
  const fd = openSync(path, 'r')
  try {
    return readSync(fd, into, 0, into.length, 0)
  } finally {
    closeSync(fd)
  }
}
